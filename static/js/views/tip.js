// One tip for the whole page: the reason behind an em dash (data-tip), or the full
// text of what is cut off (data-clip). Shown on hover, focus and tap.

import { setText } from "./dom.js";

const GAP_PX = 8;

function tipOf(target) {
  const holder = target.closest?.("[data-tip]");
  if (holder) return { anchor: holder, text: holder.dataset.tip };
  const clipped = target.closest?.("[data-clip]") ?? target.querySelector?.(":scope > [data-clip]");
  if (!clipped || clipped.scrollWidth <= clipped.clientWidth + 1) return null;
  return { anchor: clipped, text: clipped.textContent };
}

function place(tip, anchor) {
  const at = anchor.getBoundingClientRect();
  const above = at.top - tip.offsetHeight - GAP_PX;
  const left = Math.min(at.left, innerWidth - tip.offsetWidth - GAP_PX);
  tip.style.top = `${above > 0 ? above : at.bottom + GAP_PX}px`;
  tip.style.left = `${Math.max(GAP_PX, left)}px`;
}

export function connectTips() {
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.setAttribute("role", "tooltip");
  tip.hidden = true;
  document.body.append(tip);
  const show = ({ target }) => {
    const found = tipOf(target);
    tip.hidden = !found;
    if (!found) return;
    setText(tip, found.text);
    place(tip, found.anchor);
  };
  const hide = () => (tip.hidden = true);
  document.addEventListener("pointerover", show);
  document.addEventListener("focusin", show);
  document.addEventListener("focusout", hide);
  document.addEventListener("click", ({ target }) => target.closest("button, a") && hide());
  document.addEventListener("scroll", hide, { passive: true, capture: true });
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
}
