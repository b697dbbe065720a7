// What stands in place of the cards, or above them: loading, nothing configured,
// an error. Each says what happened and what to do.

import { setText } from "./dom.js";

const EXAMPLE = "SERVERS=ssh://user@10.0.0.3,ssh://admin@nas:2222";

function wording({ loaded, count, error: sentence }) {
  const error = sentence.replace(/\.$/, "");
  if (error && !loaded) {
    return ["error", "The servers could not be loaded", `${error}. Trying again by itself.`];
  }
  if (!loaded) return ["loading", "Loading the servers", ""];
  if (error) return ["notice", "Part of this page is old", `${error}. Trying again by itself.`];
  if (count === 0) {
    return [
      "empty",
      "No servers yet",
      "Name them in the file .env or in the environment, then start monserv again:",
    ];
  }
  return ["none", "", ""];
}

// state: { loaded, count, error }; `error` is a sentence or "".
export function showMessage(element, state) {
  const [kind, title, text] = wording(state);
  const [titleElement, textElement, example] = element.children;
  element.dataset.kind = kind;
  element.hidden = kind === "none";
  setText(titleElement, title);
  setText(textElement, text);
  setText(example, EXAMPLE);
  example.hidden = kind !== "empty";
}
