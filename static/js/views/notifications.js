// The dialog that shows how people are told, what they were told, and tests a channel.

import { plainSubject } from "../alerts.js";
import { exactTime } from "../format.js";
import { noteOf, outcomeOf, reasonOf, stateOf, whenOf } from "../notifications.js";
import { say } from "../say.js";
import { clone, setData, setText, setTip, slots } from "./dom.js";

const REFRESH_MS = 5_000;

// `load()` and `tryChannel(name)` ask monserv; `now()` is its clock in milliseconds.
export class NotificationsDialog {
  #dialog;
  #slot;
  #ask;
  #trials = new Map();
  #state = { isLoaded: false, error: "", channels: [], deliveries: [] };
  #timer = 0;

  constructor(dialog, ask) {
    this.#dialog = dialog;
    this.#slot = slots(dialog);
    this.#ask = ask;
    dialog.addEventListener("click", (event) => this.#click(event));
    dialog.addEventListener("close", () => clearInterval(this.#timer));
  }

  open() {
    if (this.#dialog.open) return;
    this.#dialog.showModal();
    this.#timer = setInterval(() => this.#refresh(), REFRESH_MS);
    this.#refresh();
    this.#show();
  }

  async #refresh() {
    try {
      const found = await this.#ask.load();
      this.#state = { isLoaded: true, error: "", ...found };
    } catch (error) {
      this.#state = { ...this.#state, error: error.message };
    }
    this.#show();
  }

  async #try(name) {
    if (this.#trials.get(name) === null) return;
    this.#trials.set(name, null);
    this.#show();
    try {
      this.#trials.set(name, await this.#ask.tryChannel(name));
    } catch (error) {
      this.#trials.set(name, { isSent: false, error: error.message });
    }
    this.#show();
  }

  #click({ target }) {
    const row = target.closest(".channel");
    if (target === this.#dialog || target.closest(".notifications-close")) this.#dialog.close();
    else if (row && target.closest("button")) this.#try(row.dataset.name);
  }

  #show() {
    const { channels, deliveries, isLoaded } = this.#state;
    const { note, example, recent, none } = this.#slot;
    setText(note, noteOf(this.#state));
    note.hidden = !note.textContent;
    example.hidden = !isLoaded || channels.length > 0;
    recent.hidden = !isLoaded || (!channels.length && !deliveries.length);
    none.hidden = deliveries.length > 0;
    fill(this.#slot.channels, channels, "channel-row", (row, one) => this.#channel(row, one));
    fill(this.#slot.deliveries, deliveries, "delivery-row", (row, one) => this.#delivery(row, one));
  }

  #channel(row, { name, service, target }) {
    const slot = slots(row);
    const trial = this.#trials.get(name);
    const { word, mark, text } = trial === undefined ? { word: "", mark: "", text: "" } : outcomeOf(trial);
    row.dataset.name = name;
    setText(slot.service, service);
    const isSaid = plain(name) === plain(service) || name.endsWith(`:${target}`);
    setText(slot.name, isSaid ? "" : name);
    setText(slot.target, target);
    setText(slot.word, word);
    setText(slot.why, text);
    setData(slot.outcome, "status", mark);
    slot.test.ariaDisabled = trial === null ? "true" : null;
    slot.test.ariaLabel = say("Send a test through {name}", { name });
  }

  #delivery(row, one) {
    const slot = slots(row);
    const { word, mark } = stateOf(one);
    const now = this.#ask.now();
    const at = one.finishedAt ?? one.happenedAt;
    row.dataset.status = mark;
    setText(slot.word, word);
    const subject = plainSubject(one.subject);
    setText(slot.what, one.kind === "recovery" ? say("Recovered: {subject}", { subject }) : subject);
    setText(slot.channel, one.channel);
    setText(slot.when, whenOf(one, now));
    setTip(slot.when, at === null ? "" : exactTime(at));
    setText(slot.why, reasonOf(one, now));
  }
}

const plain = (name) => name.replace(/\W/g, "").toLowerCase();

// Rows are filled in place, so that nobody loses the button that has the focus.
function fill(list, items, template, show) {
  items.forEach((item, i) => show(list.children[i] ?? list.appendChild(clone(template)), item));
  while (list.children.length > items.length) list.lastElementChild.remove();
}
