// What a server's page says where there is nothing to show, and what could not be asked for.

import { say } from "../say.js";
import { setText } from "./dom.js";

// What stands there instead of a page -> whether there is a page.
// state: { id, server, isUnknown, isListed: null as long as nothing is listed, error }
export function showNothing(slot, state) {
  const { nothing } = slot;
  const words = wordsFor(state);
  const isThere = words === null;
  nothing.hidden = isThere;
  slot.body.hidden = slot.head.hidden = !isThere;
  if (isThere) return true;
  const [kind, title, text] = words;
  nothing.dataset.kind = kind;
  slot["nothing-home"].hidden = kind === "loading";
  setText(slot["nothing-title"], title);
  setText(slot["nothing-text"], text);
  return false;
}

function wordsFor({ id, server, isUnknown, isListed, error }) {
  if (isUnknown || (server && isListed === false)) {
    const why = say("It was removed, or you may not see it, or the address is wrong.");
    return ["error", say("There is no server {id}", { id }), why];
  }
  if (server) return null;
  if (!error) return ["loading", say("Loading the server"), ""];
  return ["error", say("The server could not be loaded"), say("{error}. It is asked for again.", { error })];
}

// errors: { details, history } by what was asked for; `hasCharts` false while their library is missing.
export function showErrors(slot, { details: ofDetails, history: ofHistory }, hasCharts) {
  show(
    slot["details-error"],
    ofDetails && say("The details could not be asked for: {error}. They are asked for again.", { error: ofDetails }),
  );
  const past =
    ofHistory &&
    say("History could not be read: {error}. What is measured now is drawn all the same.", { error: ofHistory });
  show(slot["history-error"], hasCharts ? past : say("The charts have not arrived yet. They are tried again by themselves."));
}

function show(element, text) {
  setText(element, text || "");
  element.hidden = !text;
}
