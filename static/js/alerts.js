// What the page decides about alerts: their order, which server part they touch,
// and who is to blame. Pure.

import { bytes, words } from "./format.js";
import { compareNames } from "./names.js";
import { say } from "./say.js";

const SEVERITIES = ["critical", "warning"];
const SUBJECT_PREFIX = /^\[(ALERT|RECOVERED)\] /;

const rank = (alert) => {
  const place = SEVERITIES.indexOf(alert.severity);
  return place === -1 ? SEVERITIES.length : place;
};

// Severest first, then by the name that `nameOf(alert)` shows, then the oldest episode.
export function sorted(alerts, nameOf) {
  return [...alerts].sort(
    (a, b) =>
      rank(a) - rank(b) || compareNames(nameOf(a), nameOf(b)) || a.triggeredAt - b.triggeredAt,
  );
}

export function byServer(alerts) {
  const groups = new Map();
  for (const alert of sorted(alerts, ({ serverId }) => serverId)) {
    groups.set(alert.serverId, [...(groups.get(alert.serverId) ?? []), alert]);
  }
  return groups;
}

// The mark of an alert is that of the status which it causes.
export const markOf = (alert) => (alert.severity === "critical" ? "alert" : "warning");

// The mark for one part of a server ("mem", "disk" with "/var"), or "" when it is well.
export function markFor(alerts, kinds, item = "") {
  const found = alerts.find((alert) => kinds.includes(alert.kind) && alert.item === item);
  return found ? markOf(found) : "";
}

// Who fills the memory is the first question after a memory alert. What the alert says is of
// when it was raised, and this of now, of which a server that is offline tells nothing.
export function culprit(alert, server) {
  if (alert.kind !== "mem" || server?.status === "offline") return "";
  const [largest] = server?.metrics?.processes ?? [];
  if (!largest) return "";
  const process = { name: largest.name, pid: String(largest.pid), size: words(bytes(largest.rssBytes)) };
  return largest.rssBytes === null
    ? say("; largest process now: {name} ({pid})", process)
    : say("; largest process now: {name} ({pid}), {size}", process);
}

export const plainSubject = (subject) => subject.replace(SUBJECT_PREFIX, "");
