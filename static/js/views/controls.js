// What a person sets an overview with: the counts that filter, search, tag, order, groups,
// cards or table. It shows the options and says which were changed.

import { SORTS, startsDown } from "../bookmark.js";

export class Controls {
  #find;
  #options;
  #onChange;

  // `find(id)` -> element; `onChange(changes)` hears the options that a person changed.
  constructor(find, onChange) {
    this.#find = find;
    this.#onChange = onChange;
    find("search").addEventListener("input", ({ target }) => onChange({ text: target.value.trim() }));
    find("tag").addEventListener("change", ({ target }) => onChange({ tag: target.value }));
    find("sort").addEventListener("change", ({ target }) => this.#sortBy(target.value));
    find("view").addEventListener("change", ({ target }) => onChange({ view: target.value }));
    find("grouped").addEventListener("click", () => onChange({ isGrouped: !this.#options.isGrouped }));
    find("summary").addEventListener("click", ({ target }) => {
      const button = target.closest("button");
      if (button) this.#toggle(button.dataset.status);
    });
    find("columns").addEventListener("click", ({ target }) => {
      const button = target.closest("button");
      if (button) this.#turn(button.dataset.sort);
    });
  }

  show(options) {
    this.#options = options;
    const { view, statuses, tag, text, sort, isDown, isGrouped } = options;
    const search = this.#find("search");
    if (search.value.trim() !== text) search.value = text;
    this.#find("tag").value = tag;
    this.#find("sort").value = sort;
    this.#find("grouped").ariaPressed = String(isGrouped);
    for (const radio of this.#find("view").querySelectorAll("input")) radio.checked = radio.value === view;
    for (const button of this.#find("summary").querySelectorAll("button")) {
      button.ariaPressed = String(statuses.includes(button.dataset.status));
    }
    for (const button of this.#find("columns").querySelectorAll("button")) {
      const isIt = button.dataset.sort === sort;
      button.parentElement.ariaSort = isIt ? (isDown ? "descending" : "ascending") : null;
    }
  }

  #toggle(status) {
    const { statuses } = this.#options;
    const others = statuses.filter((one) => one !== status);
    this.#onChange({ statuses: others.length < statuses.length ? others : [...statuses, status] });
  }

  #sortBy(sort) {
    if (SORTS.includes(sort)) this.#onChange({ sort, isDown: startsDown(sort) });
  }

  // The same column again turns it round, a third time gives the usual order back.
  #turn(sort) {
    const { sort: before, isDown } = this.#options;
    if (sort !== before) this.#sortBy(sort);
    else if (isDown === startsDown(sort)) this.#onChange({ isDown: !isDown });
    else this.#sortBy("status");
  }
}
