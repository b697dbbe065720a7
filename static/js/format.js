// Numbers, sizes and times as a person reads them. Pure. A quantity is
// { value, unit }, so that a view can set the unit smaller; null stays null.

const BYTE_UNITS = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 60 * MINUTE_SECONDS;
const DAY_SECONDS = 24 * HOUR_SECONDS;

// At most three significant digits, and as many decimals as keep the width still.
const threeDigits = (number) => number.toFixed(number < 99.95 ? 1 : 0);

export function percent(used) {
  return used === null ? null : { value: threeDigits(used), unit: "%" };
}

export function bytes(count) {
  if (count === null) return null;
  let rest = count;
  let unit = 0;
  while (rest >= 999.5 && unit < BYTE_UNITS.length - 1) {
    rest /= 1000;
    unit += 1;
  }
  return { value: unit === 0 ? String(Math.round(rest)) : threeDigits(rest), unit: BYTE_UNITS[unit] };
}

export function rate(bytesPerSecond) {
  const size = bytes(bytesPerSecond);
  return size && { value: size.value, unit: `${size.unit}/s` };
}

export function load(average) {
  if (average === null) return null;
  return { value: average < 9.995 ? average.toFixed(2) : threeDigits(average), unit: "" };
}

export function words(quantity) {
  return quantity === null ? "unknown" : `${quantity.value} ${quantity.unit}`.trim();
}

// The two largest units of a duration: "12 d 4 h", "3 h 5 min", "42 s".
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < MINUTE_SECONDS) return `${whole} s`;
  if (whole < HOUR_SECONDS) return `${Math.floor(whole / MINUTE_SECONDS)} min`;
  const [large, small] =
    whole < DAY_SECONDS
      ? [[HOUR_SECONDS, "h"], [MINUTE_SECONDS, "min"]]
      : [[DAY_SECONDS, "d"], [HOUR_SECONDS, "h"]];
  const rest = Math.floor((whole % large[0]) / small[0]);
  const head = `${Math.floor(whole / large[0])} ${large[1]}`;
  return rest ? `${head} ${rest} ${small[1]}` : head;
}

// One unit is enough for an age. Past a day it is a date in the viewer's zone.
export function ago(ageMs, atMs) {
  const seconds = Math.max(0, Math.floor(ageMs / 1000));
  if (seconds < MINUTE_SECONDS) return `${seconds} s ago`;
  if (seconds < HOUR_SECONDS) return `${Math.floor(seconds / MINUTE_SECONDS)} min ago`;
  if (seconds < DAY_SECONDS) return `${Math.floor(seconds / HOUR_SECONDS)} h ago`;
  return date(atMs);
}

// To make one of these takes longer than to write a hundred dates with it.
const clock = (options) => new Intl.DateTimeFormat(undefined, options);
const DATE = clock({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const EXACT = clock({ dateStyle: "medium", timeStyle: "long" });
const TIME = clock({ hour: "2-digit", minute: "2-digit", second: "2-digit" });

export const date = (atMs) => DATE.format(atMs);
export const exactTime = (atMs) => EXACT.format(atMs);
export const timeOfDay = (atMs) => TIME.format(atMs);

export function count(number, one, many) {
  return `${number} ${number === 1 ? one : many}`;
}
