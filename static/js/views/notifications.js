// The dialog that shows how people are told, what they were told, and tests a channel; who may
// sets there what each channel tells.

import { plainSubject } from "../alerts.js";
import { exactTime } from "../format.js";
import { noteOf, outcomeOf, readMinutes, reasonOf, stateOf, whenOf } from "../notifications.js";
import { say } from "../say.js";
import { clone, setData, setText, setTip, slots } from "./dom.js";

const REFRESH_MS = 5_000;

// `load()`, `tryChannel(name)` and `set(changes)` ask monserv; `now()` is its clock in
// milliseconds, `maySet()` whether who looks at this may set anything.
export class NotificationsDialog {
  #dialog;
  #slot;
  #ask;
  #trials = new Map();
  #state = { isLoaded: false, error: "", channels: [], deliveries: [], cooldownMinutes: null };
  // Changes on their way: what was loaded before one of them is of yesterday.
  #changes = 0;
  #timer = 0;

  constructor(dialog, ask) {
    this.#dialog = dialog;
    this.#slot = slots(dialog);
    this.#ask = ask;
    dialog.addEventListener("click", (event) => this.#click(event));
    dialog.addEventListener("change", ({ target }) => this.#changed(target));
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
    const { set } = this.#state;
    try {
      const found = await this.#ask.load();
      if (this.#changes > 0 || set !== this.#state.set) return;
      this.#state = { isLoaded: true, error: "", set, ...found };
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

  #changed(target) {
    const name = target.closest(".channel")?.dataset.name;
    const { cooldown, problem } = this.#slot;
    if (target === cooldown) {
      const { minutes, problem: wrong } = readMinutes(cooldown.value);
      setText(problem, wrong ?? "");
      cooldown.ariaInvalid = wrong ? "true" : null;
      if (!wrong) this.#set({ cooldown_minutes: minutes });
    } else if (target.type === "checkbox") this.#set({ channels: [{ name, is_on: target.checked }] });
    else this.#set({ channels: [{ name, min_severity: target.value }] });
  }

  // What monserv does not take stands there as it was before.
  async #set(changes) {
    this.#changes += 1;
    try {
      const after = await this.#ask.set(changes);
      this.#state = { ...this.#state, ...after, set: {} };
      setText(this.#slot.problem, "");
    } catch (error) {
      setText(this.#slot.problem, error.message);
    }
    this.#changes -= 1;
    this.#show();
  }

  #click({ target }) {
    const row = target.closest(".channel");
    if (target === this.#dialog || target.closest(".notifications-close")) this.#dialog.close();
    else if (row && target.closest("button")) this.#try(row.dataset.name);
  }

  #show() {
    const { channels, deliveries, isLoaded } = this.#state;
    const { note, example, recent, none, telling, cooldown } = this.#slot;
    const isSet = this.#ask.maySet();
    telling.hidden = !isLoaded || channels.length === 0;
    cooldown.disabled = !isSet;
    if (document.activeElement !== cooldown) cooldown.value = this.#state.cooldownMinutes ?? "";
    setText(note, noteOf(this.#state));
    note.hidden = !note.textContent;
    example.hidden = !isLoaded || channels.length > 0;
    recent.hidden = !isLoaded || (!channels.length && !deliveries.length);
    none.hidden = deliveries.length > 0;
    fill(this.#slot.channels, channels, "channel-row", (row, one) => this.#channel(row, one));
    fill(this.#slot.deliveries, deliveries, "delivery-row", (row, one) => this.#delivery(row, one));
  }

  #channel(row, { name, service, target, isOn, minSeverity }) {
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
    if (this.#changes === 0) {
      slot.on.checked = isOn;
      slot.severity.value = minSeverity;
    }
    row.toggleAttribute("data-off", !isOn);
    slot.on.disabled = slot.severity.disabled = !this.#ask.maySet();
    slot.on.ariaLabel = say("{name} tells of alerts", { name });
    slot.severity.ariaLabel = say("What {name} tells of", { name });
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
