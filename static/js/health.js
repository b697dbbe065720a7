// What to say about one server: the word, the sentence and the age. Pure.

import { ago } from "./format.js";
import { say } from "./say.js";

const STATUS_WORDS = {
  online: say("Online"),
  warning: say("Warning"),
  alert: say("Alert"),
  offline: say("Offline"),
};
const REASON_WORDS = {
  pending: say("Waiting for the first sample"),
  paused: say("Paused"),
  unreachable: say("Unreachable"),
  authentication_failed: say("Authentication failed"),
  host_key_changed: say("Host key changed"),
  host_key_unknown: say("Host key not known"),
  host_key_revoked: say("Host key revoked"),
  shell_unusable: say("Login shell not usable"),
  timed_out: say("Timed out"),
  bad_output: say("Output could not be read"),
  parent_down: say("The server it is reached through is down"),
};

const KEY_REASONS = ["host_key_changed", "host_key_unknown"];

export const isPaused = (server) => server.reason === "paused";

export const isRefused = (server) => server.reason === "authentication_failed";

// Why a person may want a try at once: what waits long, or for something that was mended.
const TRIED_NOW = ["unreachable", "authentication_failed", ...KEY_REASONS, "host_key_revoked"];

export const isWorthATry = (server) => TRIED_NOW.includes(server.reason);

// What a person who has compared the host key may do about it, "" when there is nothing.
export function acceptWord(server) {
  if (!KEY_REASONS.includes(server.reason)) return "";
  return server.reason === "host_key_changed" ? say("Accept the new key…") : say("Accept the key…");
}

// Which mark a server has: nobody asks a paused one, so nothing is wrong with it.
export const shownStatus = (server) => (isPaused(server) ? "paused" : server.status);

// A server that was never seen or is paused is not down: it has a word of its own.
export function statusWord(server) {
  if (server.reason === "pending") return say("Pending");
  if (isPaused(server)) return say("Paused");
  return STATUS_WORDS[server.status] ?? (server.status || say("Unknown"));
}

const reasonWord = (reason) => REASON_WORDS[reason] ?? reason.replaceAll("_", " ");

function explained(server) {
  return [server.reason && reasonWord(server.reason), server.lastError].filter(Boolean).join(": ");
}

const whyNeverSampled = (server) => explained(server) || say("No sample yet");

// One sentence on what is wrong, "" when all is well.
export function note(server, alerts) {
  if (isPaused(server)) return say("Paused until somebody resumes it");
  if (server.status !== "offline" && alerts.length) {
    const [{ message }] = alerts;
    return alerts.length > 1 ? say("{message} (and {n} more)", { message, n: alerts.length - 1 }) : message;
  }
  if (!server.metrics) return whyNeverSampled(server);
  if (server.status === "offline" || server.reason) return explained(server);
  const error = server.lastError || say("no answer");
  return server.missedPolls ? say("Last poll missed: {error}", { error }) : "";
}

// Why a value of this server is not known.
export function whyUnknown(server, what) {
  return server.metrics ? say("{what} could not be read on this server", { what }) : whyNeverSampled(server);
}

// A live sample may be an interval old when it is sent and another when the next
// one comes; past that a poll was missed. "" while fresh.
export function staleAge(server, nowMs, intervalMs) {
  const takenAt = server.metrics?.takenAt ?? null;
  if (takenAt === null) return "";
  const missed = server.missedPolls > 0 && takenAt <= server.lastUpdate;
  const age = nowMs - takenAt;
  return missed || age > 2 * intervalMs + 1000 ? ago(age, takenAt) : "";
}
