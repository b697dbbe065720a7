// How an episode of an alert is worded: what it is about, how it stands now, how it ended,
// and on which day it began. Pure.

import { plainSubject } from "./alerts.js";
import { bytes, duration, exactTime, percent, words } from "./format.js";
import { locale, say } from "./say.js";

export const TYPES = {
  memory: say("Memory"),
  disk: say("Disk"),
  cpu: say("CPU"),
  process: say("Process"),
  host: say("Server offline"),
  authentication: say("Login"),
  host_key: say("Host key"),
};
export const SEVERITIES = { critical: say("Critical"), warning: say("Warning") };
const ENDS = { recovered: say("Recovered"), gone: say("What it was about is gone") };
const DAY = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const TIME = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
const SHORT_DAY = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
const DAY_MS = 86_400_000;

export const typeWord = ({ type }) => TYPES[type] ?? type;
export const severityWord = ({ severity }) => SEVERITIES[severity] ?? severity;
export const endWord = ({ resolution }) => ENDS[resolution] ?? say("Over");
export const whatOf = ({ message, subject }) => message || plainSubject(subject);

// How long it lasted, or lasts already.
export function lasted({ triggeredAt, resolvedAt = null, isActive }, nowMs) {
  const end = isActive ? nowMs : resolvedAt;
  return triggeredAt === null || end === null ? "" : duration((end - triggeredAt) / 1000);
}

const usedBy = {
  mem: ({ memory }) => memory?.used,
  cpu: ({ cpu }) => cpu?.used,
  disk: ({ disks }, item) => disks.find(({ mount }) => mount === item)?.used,
  proc: ({ processes }, item) => processes.find(({ pid }) => String(pid) === item)?.used,
};

// The value that an active alert is about, as its server's last sample has it: a quantity,
// or null where that says nothing of it.
export function valueNow({ kind, item, isActive }, server) {
  if (!isActive || !server?.metrics || !Object.hasOwn(usedBy, kind)) return null;
  return percent(usedBy[kind](server.metrics, item) ?? null);
}

// Who fills the memory now: the first question after an alert about it.
export function largestProcess({ kind, isActive }, server) {
  const [largest] = server?.metrics?.processes ?? [];
  if (kind !== "mem" || !isActive || !largest) return "";
  const { name, pid, rssBytes } = largest;
  return say("{name} ({pid}), {size}", { name, pid: String(pid), size: words(bytes(rssBytes)) });
}

// Midnight before an instant in the viewer's zone.
function dayOf(atMs) {
  const at = new Date(atMs);
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}

// When it began, as short as can be: below the name of its day, or its day if that is another one.
export function beganAt({ triggeredAt, isActive }, nowMs) {
  if (triggeredAt === null) return "";
  return isActive && dayOf(triggeredAt) !== dayOf(nowMs) ? SHORT_DAY.format(triggeredAt) : TIME.format(triggeredAt);
}

// A day by its name, in the viewer's zone.
export function dayWord(atMs, nowMs) {
  const today = dayOf(nowMs);
  if (dayOf(atMs) === today) return say("Today");
  // Half a day before midnight is yesterday, also where clocks were changed.
  if (dayOf(atMs) === dayOf(today - DAY_MS / 2)) return say("Yesterday");
  return DAY.format(atMs);
}

// Episodes by the day on which they began, in their order -> [{ key, at, episodes }].
export function byDay(episodes) {
  const days = new Map();
  for (const episode of episodes) {
    const at = dayOf(episode.triggeredAt ?? 0);
    if (!days.has(at)) days.set(at, { key: String(at), at, episodes: [] });
    days.get(at).episodes.push(episode);
  }
  return [...days.values()];
}

// All that is known of an episode -> [term, text], without what is not.
export function facts(episode, server, nowMs) {
  const { triggeredAt, resolvedAt = null, isActive, item, hostname, serverUrl, eventId } = episode;
  const value = valueNow(episode, server);
  const ended = resolvedAt === null ? "" : exactTime(resolvedAt);
  return [
    [say("What"), whatOf(episode)],
    [say("Kind"), typeWord(episode)],
    [say("About"), item],
    [say("Now"), value && words(value)],
    [say("Largest process now"), largestProcess(episode, server)],
    [say("Began"), triggeredAt === null ? "" : exactTime(triggeredAt)],
    [say("Ended"), isActive ? say("Still active") : ended],
    [say("Lasted"), lasted(episode, nowMs)],
    [say("How it ended"), isActive ? "" : endWord(episode)],
    [say("Host name"), hostname],
    [say("Address"), serverUrl ?? server?.url],
    [say("Event"), eventId],
  ].filter(([, text]) => text);
}
