// What the journal says in place of rows, or above them. Pure.

import { say } from "./say.js";

const FORBIDDEN = 403;
const sentence = (message) => message.replace(/\.$/, "");

// state: { total: null as long as it is unknown, error: { message, status } or null, isNarrowed }
export function noteOf({ total, error, isNarrowed }) {
  if (error?.status === FORBIDDEN) {
    const text = say("Whoever manages monserv can give you the right to.");
    return { kind: "error", title: say("You may not see past alerts"), text };
  }
  if (error) {
    const text = say("{error}. Trying again by itself.", { error: sentence(error.message) });
    if (total === null) return { kind: "error", title: say("The past alerts could not be loaded"), text };
    return { kind: "notice", title: say("The past alerts may be old"), text };
  }
  if (total === null) return { kind: "loading", title: say("Loading the past alerts"), text: "" };
  if (total > 0) return { kind: "none", title: "", text: "" };
  if (isNarrowed) return { kind: "unmatched", title: say("No past alert matches"), text: "" };
  return { kind: "empty", title: say("No past alerts"), text: say("An alert stays here once it is over.") };
}

export function nothingActive(isKnown, count) {
  if (!isKnown) return say("Loading the active alerts");
  return count ? say("No active alert matches") : say("Nothing is wrong now");
}
