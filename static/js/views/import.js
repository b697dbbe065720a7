// The dialog in which a person chooses among the servers of a file.

import { say } from "../say.js";
import { clone, setData, setText, slots } from "./dom.js";

export class ImportView {
  #dialog;
  #slot;

  // hears: { picked(file), preview(), chose(name, isOn), choseAll(isOn), back(), add(), close() }
  constructor(dialog, hears) {
    this.#dialog = dialog;
    this.#slot = slots(dialog);
    dialog.addEventListener("click", ({ target }) => {
      const wanted = target.closest("button")?.dataset.do;
      if (wanted === "pick") this.#slot.file.click();
      else if (wanted) hears[wanted]();
    });
    dialog.addEventListener("change", ({ target }) => {
      if (target === this.#slot.file && target.files.length) hears.picked(target.files[0]);
      if (target === this.#slot.all) hears.choseAll(target.checked);
      if (target.dataset.slot === "chosen") hears.chose(target.closest("tr").dataset.name, target.checked);
    });
    // A file that is dropped anywhere on it is as good as one that is picked.
    dialog.addEventListener("dragover", (event) => event.preventDefault());
    dialog.addEventListener("drop", (event) => {
      event.preventDefault();
      const [file] = event.dataTransfer.files;
      if (file) hears.picked(file);
    });
  }

  get isOpen() {
    return this.#dialog.open;
  }

  open() {
    if (this.#dialog.open) return;
    this.#dialog.showModal();
    this.#slot.text.focus();
  }

  close() {
    this.#dialog.close();
  }

  read() {
    const { text, user, keys } = this.#slot;
    return { text: text.value, username: user.value.trim(), withKeys: keys.checked };
  }

  write(text) {
    this.#slot.text.value = text;
    this.#slot.file.value = "";
  }

  showProblem(sentence) {
    setText(this.#slot.problem, sentence);
    this.#slot.problem.hidden = sentence === "";
  }

  // The first of two pages: where the text goes.
  showText() {
    this.#turn("text");
    this.showProblem("");
  }

  // The second: what stands in it. words: { summary, remarks, hasKeys, isAllChosen, add, close,
  // canAdd }.
  showList(rows, words) {
    this.#turn("list");
    const { summary, remarks, keys, all, add, done, rows: body } = this.#slot;
    setText(summary, words.summary);
    remarks.hidden = words.remarks.length === 0;
    fill(remarks.querySelector("ul"), words.remarks, () => document.createElement("li"), setText);
    keys.parentElement.hidden = !words.hasKeys;
    all.checked = words.isAllChosen;
    setText(add, words.add);
    add.ariaDisabled = String(!words.canAdd);
    setText(done, words.close);
    fill(body, rows, () => clone("import-row"), showRow);
  }

  focusList() {
    this.#slot.scroll.focus();
  }

  #turn(page) {
    for (const part of this.#dialog.querySelectorAll("[data-page]")) part.hidden = part.dataset.page !== page;
  }
}

function showRow(element, row) {
  const slot = slots(element);
  setData(element, "name", row.name);
  setData(element, "state", row.state);
  slot.chosen.checked = row.isChosen;
  slot.chosen.disabled = !row.isReady;
  slot.chosen.ariaLabel = say("Add {name}", { name: row.name });
  setText(slot.name, row.name);
  setText(slot.tags, row.tags.replaceAll(",", ", "));
  setText(slot.place, row.place);
  setText(slot.jump, row.jump ? say("through {name}", { name: row.jump }) : "");
  setText(slot.note, row.note);
}

// Rows are filled in place, so that nobody loses the box that has the focus.
function fill(list, items, make, show) {
  items.forEach((item, i) => show(list.children[i] ?? list.appendChild(make()), item));
  while (list.children.length > items.length) list.lastElementChild.remove();
}
