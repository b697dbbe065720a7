// Which toasts are up, and what changed between two lists of alerts. Pure.

import { plainSubject } from "./alerts.js";
import { say } from "./say.js";

export const MAX_TOASTS = 3;
const MAX_ACTIONS = 8;
const TOAST_MS = { alert: 20_000, recovery: 10_000 };
const OTHER_TOAST_MS = 10_000;

// News that nobody pushed, and so `isFound`: the episodes that began or ended between two lists.
export function changes(before, after) {
  const had = new Set(before.map((alert) => alert.eventId));
  const has = new Set(after.map((alert) => alert.eventId));
  const news = (kind) => (alert) => ({
    kind,
    isFound: true,
    serverId: alert.serverId,
    eventId: alert.eventId,
    severity: alert.severity,
    subject: alert.subject,
    message: kind === "recovery" ? say("No longer active") : alert.message,
  });
  return [
    ...after.filter((alert) => !had.has(alert.eventId)).map(news("alert")),
    ...before.filter((alert) => !has.has(alert.eventId)).map(news("recovery")),
  ];
}

// News with a `title` where the server is called by its name, as everywhere on the page: alerts
// call it by its host name, which others may share.
export function named(news, server) {
  const host = server?.metrics?.hostname;
  const subject = plainSubject(news.subject);
  const isTheirs = host && subject.startsWith(`${host} `);
  return { ...news, title: isTheirs ? server.name + subject.slice(host.length) : subject };
}

// What news is about, without how it is: raised and recovered are worded differently,
// and a recovery that nobody pushed has but its alert's subject.
const topic = (subject) => plainSubject(subject).replace(/ (high|offline|online|failed|changed)$/, "");

export const NO_TOASTS = { items: [], dropped: 0, nextKey: 1 };

// The last ones, of which none that a person may still act on gives way to another.
export function lastToasts(items, most) {
  const excess = Math.max(0, items.length - most);
  const spare = items.filter(({ action }) => !action).slice(0, excess);
  return items.filter((toast) => !spare.includes(toast)).slice(-Math.max(most, MAX_ACTIONS));
}

const NOTHING_HEARD = { pushed: 0, found: 0 };

// One toast that hears news, its first or the same again. An episode may be pushed while
// the page catches up and finds it as well: the larger of the two counts is how often
// it happened. What is pushed has the better words.
function heard(toast, news, nowMs) {
  const { isFound, ...text } = news;
  const pushed = toast.pushed + (isFound ? 0 : 1);
  const found = toast.found + (isFound ? 1 : 0);
  const times = Math.max(pushed, found);
  if (isFound && times === toast.times) return { ...toast, found };
  const expiresAt = nowMs + (news.lastsMs ?? TOAST_MS[news.kind] ?? OTHER_TOAST_MS);
  return { ...toast, ...(isFound && pushed ? {} : text), pushed, found, times, expiresAt };
}

// What is over is no alert any more: its recovery says so instead.
const withoutAlert = (toasts, eventId) => {
  const isOver = (toast) => toast.kind === "alert" && toast.times === 1 && toast.eventId === eventId;
  return eventId ? { ...toasts, items: toasts.items.filter((toast) => !isOver(toast)) } : toasts;
};

// Of the first protocol nobody knows whose they are.
const areOfOthers = (one, other) => one.serverId && other.serverId && one.serverId !== other.serverId;

// The newest stay, at most MAX_TOASTS. The same words again are one toast which counts.
export function addToast(before, news, nowMs) {
  const toasts = news.kind === "recovery" ? withoutAlert(before, news.eventId) : before;
  const isSame = (toast) =>
    !news.action &&
    !toast.action &&
    toast.kind === news.kind &&
    topic(toast.subject) === topic(news.subject) &&
    !areOfOthers(toast, news);
  const shown = toasts.items.findIndex(isSame);
  if (shown !== -1) {
    return { ...toasts, items: toasts.items.with(shown, heard(toasts.items[shown], news, nowMs)) };
  }
  const toast = heard({ key: toasts.nextKey, ...NOTHING_HEARD }, news, nowMs);
  const all = [...toasts.items, toast];
  const items = lastToasts(all, MAX_TOASTS);
  return {
    items,
    dropped: toasts.dropped + all.length - items.length,
    nextKey: toasts.nextKey + 1,
  };
}

const keep = (toasts, wanted) => {
  const items = toasts.items.filter(wanted);
  if (items.length === toasts.items.length) return toasts;
  return { ...toasts, items, dropped: items.length ? toasts.dropped : 0 };
};

export const dismissToast = (toasts, key) => keep(toasts, (toast) => toast.key !== key);

// Nothing leaves while it is held, but what can no longer be done.
export const expireToasts = (toasts, nowMs, isHeld = false) =>
  keep(toasts, (toast) => toast.expiresAt > nowMs || (isHeld && !toast.action));

// None leaves before `untilMs`, but what can no longer be done.
export const prolongToasts = (toasts, untilMs) => ({
  ...toasts,
  items: toasts.items.map((toast) =>
    toast.action ? toast : { ...toast, expiresAt: Math.max(toast.expiresAt, untilMs) },
  ),
});
