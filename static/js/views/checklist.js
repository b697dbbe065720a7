// A connection test, row by row, and the host key to compare.

import * as steps from "../steps.js";
import { clone, setData, setText, slots } from "./dom.js";

// test: a result, what is over of one that runs, or null for none. A stale one is of what
// was typed before; one that runs begins at a jump server if there is one. `accepted` is the
// fingerprint that a person has compared, or "".
export function showChecklist(section, test, { isRunning, isStale, hasJump, accepted }) {
  section.hidden = test === null;
  if (test === null) return;
  section.toggleAttribute("data-stale", isStale);
  const rows = isRunning ? steps.runningRows(hasJump, test) : steps.rows(test);
  const list = section.querySelector(".checks-list");
  while (list.children.length > rows.length) list.lastElementChild.remove();
  rows.forEach((row, i) => showRow(list.children[i] ?? list.appendChild(clone("check")), row));
  showHostKey(slots(section), steps.hostKey(test), accepted);
}

function showRow(element, row) {
  setData(element, "state", row.state);
  const slot = slots(element);
  for (const name of ["title", "word", "time", "detail"]) setText(slot[name], row[name]);
}

function showHostKey(slot, key, accepted) {
  slot["host-key"].hidden = key === null;
  if (key === null) return;
  setText(slot["key-words"], key.words);
  setText(slot["key-command"], key.command);
  setText(slot["key-text"], key.text);
  slot["key-sure"].parentElement.hidden = key.acceptable === "";
  slot["key-sure"].checked = key.acceptable !== "" && key.acceptable === accepted;
}
