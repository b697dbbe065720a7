// When alerts lasted, as far as a chart shows it. Pure.

import { markOf } from "./alerts.js";

// The newest truth about each episode: what is active now, and what the journal knew.
export function episodesOf(journal, active) {
  const found = new Map(journal.map((one) => [one.eventId, one]));
  const lasting = new Set(active.map(({ eventId }) => eventId));
  for (const alert of active) found.set(alert.eventId, { ...alert, endedAt: null });
  return [...found.values()].filter(({ eventId, endedAt }) => endedAt !== null || lasting.has(eventId));
}

// -> [{ from, to, mark, message }] of the alerts of those kinds within a span, oldest first.
export function bandsOf(episodes, kinds, { from, to }, now) {
  return episodes
    .filter((one) => kinds.includes(one.kind) && one.triggeredAt !== null)
    .map((one) => ({
      from: Math.max(from, one.triggeredAt),
      to: Math.min(to, one.endedAt ?? now),
      mark: markOf(one),
      message: one.message,
    }))
    .filter((band) => band.from <= band.to)
    .sort((a, b) => a.from - b.from);
}
