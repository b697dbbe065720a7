// How deliveries and tests of channels are worded. Pure.

import { ago, duration } from "./format.js";
import { say, sayMany } from "./say.js";

const STATES = {
  sent: { word: say("Sent"), mark: "online" },
  failed: { word: say("Given up"), mark: "alert" },
  skipped: { word: say("Not sent"), mark: "offline" },
};
const WAITING = { word: say("Waiting"), mark: "offline" };
const TRYING = { word: say("Trying again"), mark: "warning" };
const UNKNOWN = { word: say("Unknown"), mark: "offline" };

// The word for a delivery and the mark beside it.
export function stateOf({ state, attempts }) {
  if (state === "pending") return attempts ? TRYING : WAITING;
  return STATES[state] ?? UNKNOWN;
}

// When it was told, or when it happened.
export function whenOf({ finishedAt, happenedAt }, nowMs) {
  const at = finishedAt ?? happenedAt;
  return at === null ? "" : ago(Math.max(0, nowMs - at), at);
}

// Why it is not there yet, or why it never will be.
export function reasonOf(delivery, nowMs) {
  const { state, attempts, dueAt, lastError } = delivery;
  const error = lastError.replace(/\.$/, "");
  if (state === "failed") return sayMany(attempts, "{error}, after {n} attempt", "{error}, after {n} attempts", { error });
  if (state !== "pending" || !attempts) return error;
  const waits = dueAt !== null && dueAt > nowMs;
  if (!waits) return say("{error}, next try now", { error });
  return say("{error}, next try in {time}", { error, time: duration((dueAt - nowMs) / 1000) });
}

// What happened to a test message; `trial` is null while it is on its way.
export function outcomeOf(trial) {
  if (trial === null) return { word: say("Sending"), mark: "", text: "" };
  if (trial.isSent) return { word: say("Sent"), mark: "online", text: "" };
  const error = trial.error.replace(/\.$/, "");
  return { word: say("Not sent:"), mark: "alert", text: error || say("nobody said why") };
}

const MOST_MINUTES = 24 * 60;

// What is typed as a cooldown: { minutes } or { problem }.
export function readMinutes(text) {
  const minutes = Number(text);
  if (text.trim() !== "" && Number.isInteger(minutes) && minutes >= 0 && minutes <= MOST_MINUTES) {
    return { minutes };
  }
  return { problem: say("The minutes are a whole number from 0 to {most}.", { most: MOST_MINUTES }) };
}

// What stands above the lists: loading, an error, or that nobody is told.
export function noteOf({ isLoaded, error, channels }) {
  if (error) return say("{error}. Trying again by itself.", { error: error.replace(/\.$/, "") });
  if (!isLoaded) return say("Loading");
  if (!channels.length) {
    return say("Nobody is told of alerts yet. Name a channel in the file .env, then start monserv again:");
  }
  return "";
}
