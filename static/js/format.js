// Numbers, sizes and times as a person reads them in the page's language, times in his own
// zone. Pure. A quantity is { value, unit }, so that a view can set the unit smaller; null
// stays null.

import { locale, say } from "./say.js";

const BYTE_UNITS = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 60 * MINUTE_SECONDS;
const DAY_SECONDS = 24 * HOUR_SECONDS;

// To make one of these takes longer than to write a hundred numbers with it.
const DECIMALS = [0, 1, 2].map((digits) => {
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false };
  return new Intl.NumberFormat(locale, options);
});
// `digits` are 0, 1 or 2, and are all shown.
export const written = (number, digits) => DECIMALS[digits].format(number);

// At most three significant digits, and as many decimals as keep the width still.
const threeDigits = (number) => written(number, number < 99.95 ? 1 : 0);

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
  return { value: unit === 0 ? written(Math.round(rest), 0) : threeDigits(rest), unit: BYTE_UNITS[unit] };
}

export function rate(bytesPerSecond) {
  const size = bytes(bytesPerSecond);
  return size && { value: size.value, unit: `${size.unit}/s` };
}

export function load(average) {
  if (average === null) return null;
  return { value: average < 9.995 ? written(average, 2) : threeDigits(average), unit: "" };
}

export function words(quantity) {
  return quantity === null ? say("unknown") : `${quantity.value} ${quantity.unit}`.trim();
}

// The two largest units of a duration: "12 d 4 h", "3 h 5 min", "42 s".
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const days = Math.floor(whole / DAY_SECONDS);
  const hours = Math.floor((whole % DAY_SECONDS) / HOUR_SECONDS);
  const minutes = Math.floor((whole % HOUR_SECONDS) / MINUTE_SECONDS);
  if (days) return hours ? say("{days} d {hours} h", { days, hours }) : say("{days} d", { days });
  if (hours) return minutes ? say("{hours} h {minutes} min", { hours, minutes }) : say("{hours} h", { hours });
  return minutes ? say("{minutes} min", { minutes }) : say("{seconds} s", { seconds: whole });
}

// One unit is enough for an age. Past a day it is a date in the viewer's zone.
export function ago(ageMs, atMs) {
  const seconds = Math.max(0, Math.floor(ageMs / 1000));
  if (seconds < MINUTE_SECONDS) return say("{seconds} s ago", { seconds });
  if (seconds < HOUR_SECONDS) return say("{minutes} min ago", { minutes: Math.floor(seconds / MINUTE_SECONDS) });
  if (seconds < DAY_SECONDS) return say("{hours} h ago", { hours: Math.floor(seconds / HOUR_SECONDS) });
  return date(atMs);
}

// Each is made when it is first wanted, which for most is not at first sight.
function clock(options) {
  let made = null;
  return (atMs) => (made ??= new Intl.DateTimeFormat(locale, options)).format(atMs);
}
export const date = clock({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
export const exactTime = clock({ dateStyle: "medium", timeStyle: "long" });
export const timeOfDay = clock({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
