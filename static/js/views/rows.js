// A short list whose rows are filled in place and never rebuilt while one reads.

import { clone, setText, setTip } from "./dom.js";

// `fill(row, item)` shows one item; `rest` is the line that stands for what is cut
// off or that there is nothing ("" for none), `tip` why.
export function showRows(list, items, template, fill, rest, tip = "") {
  const rows = list.querySelectorAll(":scope > .row");
  items.forEach((item, i) => {
    const row = rows[i] ?? list.insertBefore(clone(template), list.querySelector(".rest"));
    fill(row, item);
  });
  for (let i = items.length; i < rows.length; i += 1) rows[i].remove();
  showRest(list, rest, tip);
}

function showRest(list, text, tip) {
  let line = list.querySelector(".rest");
  if (!text) line?.remove();
  else {
    if (!line) {
      line = document.createElement("li");
      line.className = "rest";
      list.append(line);
    }
    setText(line, text);
    setTip(line, tip);
  }
}
