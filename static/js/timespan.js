// Which time a server page shows: one of the ranges that end now, or a part that a person
// chose; and the one instant that is looked at. All of it lies in the address. Pure: times are
// milliseconds, `now` is handed in.

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export const RANGES = {
  "5m": 5 * MINUTE_MS,
  "15m": 15 * MINUTE_MS,
  "1h": HOUR_MS,
  "6h": 6 * HOUR_MS,
  "1d": DAY_MS,
  "7d": 7 * DAY_MS,
  "30d": 30 * DAY_MS,
  "1y": 365 * DAY_MS,
};
export const DEFAULT_RANGE = "15m";
const SHORTEST_MS = MINUTE_MS;
const LONGEST_MS = 2 * RANGES["1y"];

const clamp = (value, least, most) => Math.max(least, Math.min(most, value));

function instant(text) {
  const at = Date.parse(text ?? "");
  return Number.isNaN(at) ? null : at;
}

// ?range=1d, or ?from=...&to=... of a part; &at=... of what is looked at, null is now.
export function readView(query) {
  const range = query.get("range");
  const [from, to] = ["from", "to"].map((name) => instant(query.get(name)));
  const isPart = from !== null && to !== null && to - from >= SHORTEST_MS && to - from <= LONGEST_MS;
  return {
    range: Object.hasOwn(RANGES, range ?? "") ? range : DEFAULT_RANGE,
    part: isPart ? { from, to } : null,
    at: instant(query.get("at")),
  };
}

const written = (at) => new Date(Math.round(at / 1000) * 1000).toISOString().replace(".000Z", "Z");

export function writeView({ range, part, at }) {
  const said = [
    ["range", range === DEFAULT_RANGE ? "" : range],
    ["from", part && written(part.from)],
    ["to", part && written(part.to)],
    ["at", at === null ? "" : written(at)],
  ];
  const query = said.filter(([, value]) => value).map(([name, value]) => `${name}=${value}`);
  return query.length ? `?${query.join("&")}` : "";
}

// -> { from, to }
export const spanOf = ({ range, part }, now) => part ?? { from: now - RANGES[range], to: now };

// What reaches the present is the range itself, which goes on; the rest is a part.
function settled(view, { from, to }, now) {
  const isRange = to >= now && Math.round(to - from) === RANGES[view.range];
  return { ...view, part: isRange ? null : { from: Math.round(from), to: Math.round(to) } };
}

// The same span of time no later than now.
function kept({ from, to }, now) {
  const late = Math.max(0, to - now);
  return { from: from - late, to: to - late };
}

// `factor` 0.5 shows half of the time, around `anchor`.
export function zoomed(view, factor, anchor, now) {
  const { from, to } = spanOf(view, now);
  const span = clamp((to - from) * factor, SHORTEST_MS, LONGEST_MS);
  const share = clamp((anchor - from) / (to - from), 0, 1);
  return settled(view, kept({ from: anchor - span * share, to: anchor + span * (1 - share) }, now), now);
}

// `share` of the shown time earlier (negative) or later.
export function panned(view, share, now) {
  const { from, to } = spanOf(view, now);
  const by = (to - from) * share;
  return settled(view, kept({ from: from + by, to: to + by }, now), now);
}

// From one instant to another, in either order.
export function selected(view, one, other, now) {
  const [from, to] = [Math.min(one, other), Math.min(now, Math.max(one, other))];
  const missing = Math.max(0, SHORTEST_MS - (to - from)) / 2;
  return settled(view, kept({ from: from - missing, to: to + missing }, now), now);
}

// Look at one instant, which is brought into what is shown; null is now, where a part that
// is far from it is left.
export function lookedAt(view, at, now) {
  const { from, to } = spanOf(view, now);
  if (at === null) return { ...view, at, part: now - to > to - from ? null : view.part };
  if (at >= from && at <= to) return { ...view, at };
  const half = (to - from) / 2;
  return { ...settled(view, kept({ from: at - half, to: at + half }, now), now), at };
}

// Whether what is shown goes on with what is measured now.
export const isLive = ({ part }) => part === null;
