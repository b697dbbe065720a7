// What the page decides about alerts: their order, which server part they touch,
// what changed between two lists, and which toasts are up. Pure.

export const MAX_TOASTS = 4;
const TOAST_MS = { alert: 20_000, recovery: 10_000 };
const OTHER_TOAST_MS = 10_000;
const SEVERITIES = ["critical", "warning"];
const SUBJECT_PREFIX = /^\[(ALERT|RECOVERED)\] /;

const rank = (alert) => {
  const place = SEVERITIES.indexOf(alert.severity);
  return place === -1 ? SEVERITIES.length : place;
};

// Severest first, then by host name, then the oldest episode first.
export function sorted(alerts) {
  return [...alerts].sort(
    (a, b) =>
      rank(a) - rank(b) || a.hostname.localeCompare(b.hostname) || a.triggeredAt - b.triggeredAt,
  );
}

export function byServer(alerts) {
  const groups = new Map();
  for (const alert of sorted(alerts)) {
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

// News that nobody pushed: the episodes that began or ended between two lists.
export function changes(before, after) {
  const had = new Set(before.map((alert) => alert.eventId));
  const has = new Set(after.map((alert) => alert.eventId));
  const news = (kind) => (alert) => ({
    kind,
    subject: alert.subject,
    message: kind === "recovery" ? "No longer active" : alert.message,
  });
  return [
    ...after.filter((alert) => !had.has(alert.eventId)).map(news("alert")),
    ...before.filter((alert) => !has.has(alert.eventId)).map(news("recovery")),
  ];
}

export const plainSubject = (subject) => subject.replace(SUBJECT_PREFIX, "");

// What news is about, without how it is: raised and recovered are worded differently,
// and a recovery that nobody pushed has but its alert's subject.
const topic = (subject) => plainSubject(subject).replace(/ (high|offline|online|failed|changed)$/, "");

export const NO_TOASTS = { items: [], dropped: 0, nextKey: 1 };

// The newest stay, at most MAX_TOASTS; the same news is not shown twice at once: what
// is pushed while the page catches up is also found missing from its list.
export function addToast(toasts, news, nowMs) {
  const same = (toast) => toast.kind === news.kind && topic(toast.subject) === topic(news.subject);
  const shown = toasts.items.some(same);
  if (shown) return toasts;
  const toast = {
    ...news,
    key: toasts.nextKey,
    expiresAt: nowMs + (TOAST_MS[news.kind] ?? OTHER_TOAST_MS),
  };
  const items = [...toasts.items, toast];
  const excess = Math.max(0, items.length - MAX_TOASTS);
  return {
    items: items.slice(excess),
    dropped: toasts.dropped + excess,
    nextKey: toasts.nextKey + 1,
  };
}

const keep = (toasts, wanted) => {
  const items = toasts.items.filter(wanted);
  if (items.length === toasts.items.length) return toasts;
  return { ...toasts, items, dropped: items.length ? toasts.dropped : 0 };
};

export const dismissToast = (toasts, key) => keep(toasts, (toast) => toast.key !== key);

export const expireToasts = (toasts, nowMs) => keep(toasts, (toast) => toast.expiresAt > nowMs);
