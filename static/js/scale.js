// What the axes of a chart show. Pure.

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
// Round distances of time, up to a month.
const TIME_STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 5, 7, 14, 30, 61, 122].map((days) => days * DAY_MS),
];
const ROUND = [1, 2, 4, 5, 10];
// Half a byte is nothing that an axis could say.
const LEAST_END = { bytes: 1000, rate: 1000 };

// The end of an axis from 0 that holds `most`: percents go to 100, others to a round number
// whose half is round as well.
export function axisEnd(unit, most) {
  if (unit === "percent") return 100;
  const least = LEAST_END[unit] ?? 0;
  if (!(most > least)) return least || 1;
  const power = 10 ** Math.floor(Math.log10(most));
  return ROUND.map((one) => one * power).find((end) => end >= most * 1.02) ?? 20 * power;
}

// Round instants from one to another, at most `count`, in the zone that is `offsetMs(at)`
// ahead of UTC.
export function timeTicks({ from, to }, count, offsetMs) {
  const step = TIME_STEPS.find((one) => (to - from) / one <= count) ?? TIME_STEPS.at(-1);
  const offset = offsetMs(to);
  const first = Math.ceil((from + offset) / step) * step - offset;
  const ticks = [];
  for (let at = first; at <= to; at += step) ticks.push(at);
  return { ticks, step };
}

// How exactly an instant is written on an axis with that step: "time", "day".
export const tickForm = (step) => (step >= DAY_MS ? "day" : "time");

// Where labels stand that want to be at `wanted` (heights, from the top), each `height` tall,
// none above another, all between `top` and `bottom`. In the order in which they came.
export function spread(wanted, height, top, bottom) {
  const order = wanted.map((y, i) => ({ y, i })).sort((a, b) => a.y - b.y);
  let free = top;
  for (const one of order) {
    one.y = Math.max(free, one.y);
    free = one.y + height;
  }
  let end = bottom;
  for (const one of order.toReversed()) {
    one.y = Math.min(one.y, end - height);
    end = one.y;
  }
  const placed = [];
  for (const { y, i } of order) placed[i] = y;
  return placed;
}
