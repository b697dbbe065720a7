// Which episodes are looked at, and what somebody who reads them sees of what changes
// meanwhile: all that is shown is kept up to date, and nothing of it moves. Pure.

import { sorted } from "./alerts.js";
import { matches } from "./journal-filter.js";

const byEvent = (episodes) => new Map(episodes.map((episode) => [episode.eventId, episode]));

// Of what is active and what is over: what the filter lets through, each episode once.
export function looked(filter, alerts, episodes, nameOf, nowMs) {
  const { state } = filter;
  const active = alerts.filter((alert) => matches(filter, alert, nameOf(alert), nowMs));
  const known = byEvent(active);
  return {
    active: state === "resolved" ? [] : sorted(active, nameOf),
    past: state === "active" ? [] : episodes.filter(({ eventId }) => !known.has(eventId)),
  };
}

// The active alerts that are shown; one that has ended stays, and says so.
export function heldActive(shown, active) {
  const now = byEvent(active);
  return shown.map((one) => now.get(one.eventId) ?? { ...one, isActive: false, isEnding: true });
}

export function heldPast(shown, past) {
  const now = byEvent(past);
  return shown.map((one) => now.get(one.eventId) ?? one);
}

// How many episodes are there of which nothing is shown yet.
export function waiting(shown, all) {
  const known = byEvent(shown);
  return new Set(all.map(({ eventId }) => eventId).filter((id) => !known.has(id))).size;
}
