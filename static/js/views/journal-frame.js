// What stands around the rows of the journal: headings with counts, what is said in place of
// rows, and the buttons for what is newer or older.

import { isFiltered } from "../journal-filter.js";
import { noteOf, nothingActive } from "../journal-notes.js";
import { locale, say, sayMany } from "../say.js";
import { setData, setText } from "./dom.js";

const NUMBER = new Intl.NumberFormat(locale);

// state: { filter, isOfOne, isKnown, activeInAll, rows and active: how many are in the list on
// top, and how many of them have not ended, loaded, total, hasOlder, fresh: not shown yet, error }
export function showFrame(slot, state) {
  const { filter, isOfOne, rows, active, total, fresh } = state;
  slot.root.toggleAttribute("data-of-one", isOfOne);
  slot.now.hidden = filter.state === "resolved" || (isOfOne && rows === 0);
  slot.then.hidden = filter.state === "active";
  setText(slot["now-count"], active ? NUMBER.format(active) : "");
  setText(slot["then-count"], total ? NUMBER.format(total) : "");
  slot.none.hidden = rows > 0;
  if (!slot.none.hidden) setText(slot.none, nothingActive(state.isKnown, state.activeInAll));
  slot.fresh.hidden = fresh === 0;
  if (fresh) setText(slot.fresh, sayMany(fresh, "Show {n} new alert", "Show {n} new alerts"));
  slot.older.hidden = !state.hasOlder;
  setText(slot.shown, state.hasOlder ? say("{shown} of {total} shown", { shown: state.loaded, total }) : "");
  const isNarrowed = !isOfOne && isFiltered({ ...filter, state: "" });
  showNote(slot, noteOf({ total, error: state.error, isNarrowed }));
}

function showNote(slot, { kind, title, text }) {
  setData(slot.note, "kind", kind);
  slot.note.hidden = kind === "none";
  setText(slot.title, title);
  setText(slot.text, text);
  slot.clear.hidden = kind !== "unmatched";
}
