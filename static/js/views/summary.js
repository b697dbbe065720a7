// How many servers there are in each status; that some are paused is said only then.

import { setText } from "./dom.js";

export function showSummary(element, counts) {
  for (const item of element.children) {
    const { status } = item.dataset;
    setText(item.querySelector(".count"), String(counts[status]));
    item.toggleAttribute("data-none", counts[status] === 0);
    item.hidden = status === "paused" && counts[status] === 0;
  }
}
