// How deliveries and tests of channels are worded. Pure.

import { ago, count, duration } from "./format.js";

const STATES = {
  sent: { word: "Sent", mark: "online" },
  failed: { word: "Given up", mark: "alert" },
  skipped: { word: "Not sent", mark: "offline" },
};
const WAITING = { word: "Waiting", mark: "offline" };
const TRYING = { word: "Trying again", mark: "warning" };
const UNKNOWN = { word: "Unknown", mark: "offline" };

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
  if (state === "failed") return `${error}, after ${count(attempts, "attempt", "attempts")}`;
  if (state !== "pending" || !attempts) return error;
  const waits = dueAt !== null && dueAt > nowMs;
  return `${error}, next try ${waits ? `in ${duration((dueAt - nowMs) / 1000)}` : "now"}`;
}

// What happened to a test message; `trial` is null while it is on its way.
export function outcomeOf(trial) {
  if (trial === null) return { word: "Sending", mark: "", text: "" };
  if (trial.isSent) return { word: "Sent", mark: "online", text: "" };
  const error = trial.error.replace(/\.$/, "");
  return { word: "Not sent:", mark: "alert", text: error || "nobody said why" };
}

// What stands above the lists: loading, an error, or that nobody is told.
export function noteOf({ isLoaded, error, channels }) {
  if (error) return `${error.replace(/\.$/, "")}. Trying again by itself.`;
  if (!isLoaded) return "Loading";
  if (!channels.length) {
    return "Nobody is told of alerts yet. Name a channel in the file .env, then start monserv again:";
  }
  return "";
}
