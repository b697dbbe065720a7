// What stands in place of the cards, or above them: loading, no server yet, an error.
// Each says what happened and what to do.

import { say } from "../say.js";
import { setText } from "./dom.js";

function wording({ loaded, count, error: sentence, canManage, isUnmatched }) {
  const error = sentence.replace(/\.$/, "");
  if (error && !loaded) {
    return ["error", say("The servers could not be loaded"), say("{error}. Trying again by itself.", { error })];
  }
  if (!loaded) return ["loading", say("Loading the servers"), ""];
  if (error) {
    return ["notice", say("Part of this page is old"), say("{error}. Trying again by itself.", { error })];
  }
  if (count === 0) {
    const first = say("monserv logs in over SSH and installs nothing. Begin in one of three ways:");
    const none = say("Nobody has added one that you may see.");
    return ["empty", say("No servers yet"), canManage ? first : none];
  }
  if (isUnmatched) return ["unmatched", say("No server matches"), ""];
  return ["none", "", ""];
}

// state: { loaded, count, error, canManage, isUnmatched }; `error` is a sentence or "".
export function showMessage(element, state) {
  const [kind, title, text] = wording(state);
  const [titleElement, textElement, clear, start] = element.children;
  element.dataset.kind = kind;
  element.hidden = kind === "none";
  setText(titleElement, title);
  setText(textElement, text);
  clear.hidden = kind !== "unmatched";
  start.hidden = kind !== "empty";
}
