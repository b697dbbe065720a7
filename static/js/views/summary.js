// What the header says of the servers: how many are in each status, and which tags they have.

import { say } from "../say.js";
import { setText } from "./dom.js";

// How many servers there are in each status; that some are paused is said only then.
export function showSummary(element, counts) {
  for (const item of element.children) {
    const button = item.firstElementChild;
    const { status } = button.dataset;
    setText(button.querySelector(".count"), String(counts[status]));
    button.toggleAttribute("data-none", counts[status] === 0);
    item.hidden = status === "paused" && counts[status] === 0;
  }
}

// The tags that there are; the chosen one stays even where no server has it any longer.
export function offerTags(select, grouped, tags, chosen) {
  const all = chosen && !tags.includes(chosen) ? [...tags, chosen] : tags;
  if (all.join() === [...select.options].slice(1).map(({ value }) => value).join()) return;
  select.replaceChildren(new Option(say("All tags"), ""), ...all.map((tag) => new Option(tag, tag)));
  select.value = chosen;
  for (const element of [select, grouped]) element.hidden = all.length === 0;
}
