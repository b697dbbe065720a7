// The form above the journal that says which alerts are looked at.

import { compareNames } from "../names.js";
import { say } from "../say.js";
import { setText } from "./dom.js";

const CUSTOM = "custom";
const TYPING_MS = 250;
const MINUTE_MS = 60_000;
const CHOICES = ["state", "severity", "type", "server"];

// What <input type="datetime-local"> holds, in the viewer's zone, and back.
function toLocal(atMs) {
  if (atMs === null) return "";
  const offsetMs = new Date(atMs).getTimezoneOffset() * MINUTE_MS;
  return new Date(atMs - offsetMs).toISOString().slice(0, 16);
}
const fromLocal = (text) => (text ? new Date(text).getTime() : null);

export class Filters {
  #form;
  #fields;
  #onChange;
  #timer = 0;
  #offered = "";

  // `onChange(filter)` hears what a person chose.
  constructor(form, onChange) {
    this.#form = form;
    this.#fields = form.elements;
    this.#onChange = onChange;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("change", ({ target }) => this.#changed(target, 0));
    this.#fields.text.addEventListener("input", ({ target }) => this.#changed(target, TYPING_MS));
  }

  show(filter) {
    clearTimeout(this.#timer);
    for (const name of CHOICES) this.#fields[name].value = filter[name];
    if (this.#fields.text.value !== filter.text) this.#fields.text.value = filter.text;
    const isCustom = filter.from !== null || filter.to !== null;
    this.#fields.span.value = isCustom ? CUSTOM : filter.span;
    for (const name of ["from", "to"]) this.#fields[name].value = toLocal(filter[name]);
    this.#showTimes();
  }

  // The servers that there are, and the one that is filtered by, also if it is no more.
  offer(servers, wanted) {
    const found = [...servers.values()].map(({ id, name }) => ({ id, name }));
    if (wanted && !servers.has(wanted)) found.push({ id: wanted, name: wanted });
    found.sort((a, b) => compareNames(a.name, b.name));
    const offered = JSON.stringify(found);
    if (offered === this.#offered) return;
    this.#offered = offered;
    const options = found.map(({ id, name }) => new Option(name, id));
    this.#fields.server.replaceChildren(this.#fields.server.options[0], ...options);
    this.#fields.server.value = wanted;
  }

  #showTimes() {
    const isCustom = this.#fields.span.value === CUSTOM;
    this.#form.querySelector(".filter-times").hidden = !isCustom;
    const [from, to] = ["from", "to"].map((name) => fromLocal(this.#fields[name].value));
    const isWrong = isCustom && from !== null && to !== null && from > to;
    setText(this.#form.querySelector(".filter-error"), isWrong ? say("The end lies before the beginning") : "");
    return !isWrong;
  }

  #changed(field, delayMs) {
    clearTimeout(this.#timer);
    if (!this.#showTimes()) return;
    // Somebody who wants other times says in a moment which ones.
    if (field === this.#fields.span && field.value === CUSTOM) {
      this.#fields.from.focus();
      return;
    }
    this.#timer = setTimeout(() => this.#onChange(this.read()), delayMs);
  }

  // What the form says now.
  read() {
    const value = (name) => this.#fields[name].value;
    const isCustom = value("span") === CUSTOM;
    const time = (name) => (isCustom ? fromLocal(value(name)) : null);
    const chosen = Object.fromEntries(CHOICES.map((name) => [name, value(name)]));
    const span = isCustom ? "" : value("span");
    return { ...chosen, span, from: time("from"), to: time("to"), text: value("text").trim() };
  }
}
