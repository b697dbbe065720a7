// Short news at the edge of the page; what is still true stays in the strip above.

import { plainSubject } from "../alerts.js";
import { clone, setText, slots } from "./dom.js";

const KINDS = {
  alert: { word: "Alert:", status: "alert" },
  recovery: { word: "Recovered:", status: "online" },
};
const OTHER = { word: "Notice:", status: "offline" };

// toasts: { items: [{ key, kind, subject, message }], dropped }
export function showToasts(element, toasts) {
  const [list, dropped] = element.children;
  const wanted = new Set(toasts.items.map((toast) => String(toast.key)));
  for (const item of [...list.children]) if (!wanted.has(item.dataset.key)) leave(item);
  const shown = new Set([...list.children].map((item) => item.dataset.key));
  for (const toast of toasts.items) if (!shown.has(String(toast.key))) list.append(make(toast));
  dropped.hidden = toasts.dropped === 0;
  setText(dropped, `and ${toasts.dropped} earlier`);
}

export function connectToasts(element, onDismiss) {
  element.addEventListener("click", ({ target }) => {
    const item = target.closest(".toast-close")?.closest(".toast");
    if (item) onDismiss(Number(item.dataset.key));
  });
}

// Nothing leaves while someone reads it or is about to press its button.
export const areToastsHeld = (element) => element.matches(":hover, :focus-within");

// A keyboard user who dismissed one lands on the next, not at the top of the page.
function leave(item) {
  const neighbour = item.nextElementSibling ?? item.previousElementSibling;
  if (item.contains(document.activeElement)) neighbour?.querySelector("button").focus();
  item.remove();
}

function make(toast) {
  const item = clone("toast");
  const kind = KINDS[toast.kind] ?? OTHER;
  const slot = slots(item);
  item.dataset.key = toast.key;
  item.dataset.status = kind.status;
  setText(slot.kind, kind.word);
  setText(slot.subject, plainSubject(toast.subject));
  setText(slot.message, toast.message);
  return item;
}
