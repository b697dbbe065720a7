// The connection badge: what is true of the data right now.

import { say } from "../say.js";
import { setText } from "./dom.js";

const WORDS = {
  connecting: say("Connecting"),
  live: say("Live"),
  silent: say("No data"),
  reconnecting: say("Reconnecting"),
  polling: say("Polling"),
};

// state: { kind, retryAt }; the countdown is not read out, the word is.
export function showBadge(element, state, nowMs) {
  const [, word, wait, retry] = element.children;
  element.dataset.kind = state.kind;
  setText(word, WORDS[state.kind]);
  const seconds = Math.ceil((state.retryAt - nowMs) / 1000);
  const waiting = state.kind === "reconnecting" && state.retryAt !== null && seconds > 0;
  setText(wait, waiting ? say("in {seconds} s", { seconds }) : "");
  retry.hidden = state.retryAt === null;
}

export function connectBadge(element, onRetry) {
  element.querySelector("button").addEventListener("click", onRetry);
}
