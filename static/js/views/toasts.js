// Short news at the edge of the page; what is still true stays in the strip above.

import { say, sayMany } from "../say.js";
import { lastToasts } from "../toasts.js";
import { clone, isPhone, setText, slots } from "./dom.js";

// A phone's screen is for the servers: the others wait for their turn.
const SHOWN_ON_PHONE = 2;

const KINDS = {
  alert: { word: say("Alert:"), status: "alert" },
  recovery: { word: say("Recovered:"), status: "online" },
};
const OTHER = { word: say("Notice:"), status: "offline" };

// toasts: { items: [{ key, kind, subject, message, times, action }], dropped }; an action is
// { label, run() }, and gets the keyboard: whoever did what it undoes has just let go of that.
export function showToasts(element, toasts) {
  const [log, dropped] = element.children;
  const list = log.firstElementChild;
  const shown = isPhone() ? lastToasts(toasts.items, SHOWN_ON_PHONE) : toasts.items;
  const keys = new Set(shown.map((toast) => String(toast.key)));
  for (const item of [...list.children]) if (!keys.has(item.dataset.key)) leave(item);
  // What is left is in the order of `shown`, with some missing.
  shown.forEach((toast, i) => fill(itemAt(list, i, toast), toast));
  const hidden = toasts.dropped + toasts.items.length - shown.length;
  dropped.hidden = hidden === 0;
  setText(dropped, sayMany(hidden, "and {n} more", "and {n} more"));
}

// `onDismiss(key, isActing)` hears which one a person closed, and whether by its action.
export function connectToasts(element, onDismiss) {
  element.addEventListener("click", ({ target }) => {
    const button = target.closest(".toast button");
    const isActing = button?.classList.contains("toast-action");
    if (button) onDismiss(Number(button.closest(".toast").dataset.key), isActing);
  });
}

// Nothing leaves while someone reads it or is about to press its button.
export const areToastsHeld = (element) => element.matches(":hover, :focus-within");

// A keyboard user who dismissed one lands on the next, not at the top of the page.
function leave(item) {
  const neighbour = item.nextElementSibling ?? item.previousElementSibling;
  if (item.contains(document.activeElement)) {
    const next = neighbour?.querySelector("button:not([hidden])");
    (next ?? document.querySelector("main:not([hidden])")).focus({ preventScroll: true });
  }
  item.remove();
}

function itemAt(list, i, toast) {
  const there = list.children[i];
  if (there?.dataset.key === String(toast.key)) return there;
  const item = clone("toast");
  item.dataset.key = toast.key;
  return list.insertBefore(item, there ?? null);
}

function fill(item, toast) {
  const kind = KINDS[toast.kind] ?? OTHER;
  const slot = slots(item);
  item.dataset.status = toast.kind === "alert" && toast.severity === "warning" ? "warning" : kind.status;
  setText(slot.kind, kind.word);
  setText(slot.subject, toast.title);
  showLink(slot.subject, toast);
  setText(slot.times, toast.times > 1 ? `×${toast.times}` : "");
  setText(slot["times-words"], toast.times > 1 ? sayMany(toast.times, "{n} time", "{n} times") : "");
  setText(slot.message, toast.message);
  showAction(slot.action, toast.action);
}

function showAction(button, action) {
  if (!action || !button.hidden) return;
  button.hidden = false;
  setText(button, action.label);
  button.focus({ preventScroll: true });
}

// To the alert that it is about; several that share their words are seen among all.
function showLink(link, { kind, eventId, times }) {
  const isAlert = kind === "alert" || kind === "recovery";
  if (!isAlert) link.removeAttribute("href");
  else link.href = eventId && times === 1 ? `/alerts#event-${encodeURIComponent(eventId)}` : "/alerts";
}
