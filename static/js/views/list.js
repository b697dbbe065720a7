// The servers as cards or as a table. Only what is near the window exists; the rest is
// room. Nothing moves under a pointer or away from the keyboard's focus.

import { layout, near } from "../layout.js";
import { held } from "../overview.js";
import { say } from "../say.js";
import { clone, isPhone, setText } from "./dom.js";

const ACTIONS = ["menu", "mend", "accept", "retry"].map((slot) => `[data-slot="${slot}"]`).join();
const MARGIN_PX = 400;
const OTHER = { row: "card", card: "row" };

export class List {
  #element;
  #frames;
  #stateOf;
  #view = "cards";
  #wanted = [];
  #entries = [];
  #places = [];
  #items = new Map();
  #open = new Set();
  #tall = new Map();
  #resizes;
  #isPrinting = false;
  #kinds;

  // `stateOf(id)` -> { server, alerts, points, nowMs, intervalMs }, no server where there is
  // none; `onAct(slot, button, id)` hears of the buttons of a card or row. `kinds`: the modules card.js and row.js as "card" and "row", as
  // far as they have been loaded; that of a view is there before the view is shown.
  constructor(element, frames, stateOf, onAct, kinds) {
    this.#element = element;
    this.#frames = frames;
    this.#stateOf = stateOf;
    this.#kinds = kinds;
    element.addEventListener("click", (event) => {
      const { target } = event;
      const id = this.#idOf(target);
      const button = target.closest(ACTIONS);
      if (button) onAct(button.dataset.slot, button, id);
      else if (isPhone() && target.closest(".card-name")) {
        event.preventDefault();
        this.#setOpen(id, !this.#open.has(id));
      }
    });
    for (const event of ["pointerleave", "focusout"]) {
      element.addEventListener(event, () => frames.add("order", () => this.#settle()));
    }
    const draw = () => this.#draw();
    addEventListener("scroll", draw, { passive: true });
    this.#resizes = new ResizeObserver(() => frames.add("measure", () => this.#measure()));
    this.#resizes.observe(element.parentElement);
    addEventListener("resize", draw);
  }

  // The entries wanted (see overview.js), as "cards" or "table". `isAsked` when a person asked
  // for just that, and expects it at once.
  show(entries, view, isAsked) {
    this.#wanted = entries;
    if (view !== this.#view) this.#clear();
    this.#view = view;
    this.#element.dataset.view = view;
    const list = this.#element.parentElement;
    list.dataset.view = view;
    [list.role, this.#element.role] = view === "table" ? ["table", "rowgroup"] : ["group", null];
    // Its head is a row as well.
    list.ariaRowCount = view === "table" ? String(entries.length + 1) : null;
    this.#arrange(isAsked || !this.#isHeld() ? entries : held(this.#entries, entries));
  }

  get isEmpty() {
    return this.#wanted.length === 0;
  }

  // The ids of what is drawn.
  get shown() {
    return this.#items.keys();
  }

  has(id) {
    return this.#wanted.some((entry) => entry.id === id);
  }

  // Show the newest state of some servers, or of all, where anybody can see them.
  refresh(ids = this.#items.keys()) {
    for (const id of ids) if (this.#items.has(id)) this.#later(id);
  }

  refreshAges() {
    for (const [id, { element, kind }] of this.#items) {
      const state = this.#stateOf(id);
      if (state.server) this.#kinds[kind].showAge(element, state);
    }
  }

  // Hand the keyboard to one server, which is opened where cards are rows.
  reveal(id) {
    if (!this.#entries.some((entry) => entry.id === id)) return;
    this.#goTo(id, "start");
    if (isPhone()) this.#setOpen(id, true);
  }

  #idOf = (target) => {
    const item = target.closest(".item");
    return item && this.#entries[Number(item.dataset.index)]?.id;
  };

  #isHeld() {
    const pointed = matchMedia("(hover: hover)").matches && this.#element.matches(":hover");
    return pointed || this.#element.contains(document.activeElement);
  }

  #settle() {
    if (this.#entries !== this.#wanted && !this.#isHeld()) this.#arrange(this.#wanted);
  }

  #kindOf(entry) {
    if (entry.group !== undefined) return "head";
    const kind = this.#view === "table" && !isPhone() ? "row" : "card";
    return this.#kinds[kind] ? kind : OTHER[kind];
  }

  // On a phone a card is a row that opens. Its height is known once it is filled.
  #setOpen(id, isOpen) {
    if (isOpen) this.#open.add(id);
    else this.#forget(id);
    const { element, kind } = this.#items.get(id) ?? {};
    if (kind === "card") this.#kinds.card.setOpen(element, isOpen);
    this.#draw();
    this.#show(id);
    this.#measure();
  }

  #arrange(entries) {
    this.#entries = entries;
    const there = new Set(entries.map(({ id }) => id));
    for (const ids of [this.#open, this.#tall.keys()]) {
      for (const id of ids) if (!there.has(id)) this.#forget(id);
    }
    this.#measure();
  }

  #forget(id) {
    this.#open.delete(id);
    this.#tall.delete(id);
  }

  // The styles say how large a tile is; how many fit side by side is counted here.
  #measure() {
    // While another page is shown nothing has a size.
    if (this.#element.closest("main[hidden]")) return;
    const style = getComputedStyle(this.#element);
    const read = (name) => parseFloat(style.getPropertyValue(name));
    const [tile, gap, widest] = ["--tile", "--gap", "--widest"].map(read);
    const width = this.#element.parentElement.clientWidth;
    const cards = this.#entries.length;
    const columns = Math.max(1, Math.min(cards, Math.floor((width + gap) / (tile + gap))));
    const each = Math.min(widest, (width - gap * (columns - 1)) / columns);
    for (const id of this.#open) {
      const item = this.#items.get(id);
      if (item?.kind === "card") this.#tall.set(id, item.element.offsetHeight);
    }
    const sizes = { columns, gap, height: read("--height"), headHeight: read("--head") };
    const { places, height } = layout(this.#entries, sizes, this.#tall);
    this.#places = places.map((place) => ({ ...place, left: place.column * (each + gap), width: each }));
    this.#element.style.blockSize = `${height}px`;
    this.#draw();
  }

  // Where nothing is, what is seen comes first, and what is near it once that is drawn.
  #draw(margin = this.#items.size ? MARGIN_PX : 0) {
    if (this.#element.closest("main[hidden]")) return;
    if (!margin) this.#frames.add("draw", () => setTimeout(() => this.#draw(MARGIN_PX)));
    const top = -this.#element.getBoundingClientRect().top;
    const [from, to] = [top - margin, top + innerHeight + margin];
    const seen = this.#isPrinting ? this.#places.keys() : near(this.#places, from, to);
    const wanted = new Map([...seen].map((i) => [this.#entries[i].id, i]));
    const focused = [...this.#items.keys()].find((id) => this.#hasFocus(id));
    const i = this.#entries.findIndex(({ id }) => id === focused);
    if (i !== -1) wanted.set(focused, i);
    for (const id of this.#items.keys()) if (!wanted.has(id)) this.#remove(id);
    for (const [id, i] of wanted) this.#put(id, i);
    this.#sort();
  }

  #hasFocus = (id) => this.#items.get(id)?.element.contains(document.activeElement) ?? false;

  #put(id, i) {
    const entry = this.#entries[i];
    const kind = this.#kindOf(entry);
    const before = this.#items.get(id);
    if (before?.kind !== kind) this.#replace(entry, kind, before?.element);
    const { element } = this.#items.get(id);
    const { top, left, width } = this.#places[i];
    element.dataset.index = String(i);
    if (kind === "row") element.ariaRowIndex = String(i + 2);
    Object.assign(element.style, { top: `${top}px`, left: `${left}px`, width: `${width}px` });
    if (kind === "head") this.#fillHead(element, entry);
  }

  // What had the keyboard hands it to what takes its place, which must be filled to take it.
  #replace(entry, kind, old) {
    const hadFocus = old?.contains(document.activeElement);
    const element = this.#make(entry, kind);
    if (old) old.before(element);
    else this.#element.append(element);
    this.#items.set(entry.id, { element, kind });
    if (hadFocus) {
      this.#show(entry.id);
      element.querySelector(".card-name").focus({ preventScroll: true });
    }
    old?.remove();
  }

  #make(entry, kind) {
    const { id } = entry;
    const element = kind === "head" ? clone("group") : this.#kinds[kind].make(this.#stateOf(id));
    element.classList.add("item");
    if (kind !== "head") {
      element.id = `server-${encodeURIComponent(id)}`;
      this.#later(id);
    }
    if (kind === "card") {
      this.#kinds.card.setOpen(element, this.#open.has(id));
      this.#resizes.observe(element);
    }
    return element;
  }

  #fillHead(element, { group, count }) {
    const [name, number] = element.children;
    setText(name, group || say("No tag"));
    setText(number, String(count));
  }

  #remove(id) {
    const item = this.#items.get(id);
    if (!item) return;
    this.#items.delete(id);
    this.#resizes.unobserve(item.element);
    // The keyboard stays beside what has left.
    const had = item.element.contains(document.activeElement);
    const neighbour = item.element.nextElementSibling ?? item.element.previousElementSibling;
    if (had) neighbour?.querySelector(".card-name")?.focus({ preventScroll: true });
    item.element.remove();
  }

  #clear() {
    for (const id of [...this.#items.keys()]) this.#remove(id);
    this.#open.clear();
    this.#tall.clear();
  }

  // The keyboard goes through the document in its order, which is made that of the list.
  #sort() {
    const items = [...this.#items.values()].map(({ element }) => element);
    items.sort((a, b) => a.dataset.index - b.dataset.index);
    items.forEach((element, i) => {
      const there = this.#element.children[i];
      if (there !== element) this.#element.insertBefore(element, there ?? null);
    });
  }

  #later(id) {
    this.#frames.add(`item ${id}`, () => this.#show(id));
  }

  #show(id) {
    const item = this.#items.get(id);
    const state = this.#stateOf(id);
    // A head, or a server that has just left.
    if (!item || !state.server) return;
    this.#kinds[item.kind].show(item.element, state);
  }

  // Hand the keyboard on to the server above (-1) or below (1) a place of the list.
  walk(place, step) {
    let i = place + step;
    while (this.#entries[i]?.group !== undefined) i += step;
    if (this.#entries[i]) this.#goTo(this.#entries[i].id);
  }

  #goTo(id, block = "nearest") {
    const i = this.#entries.findIndex((entry) => entry.id === id);
    this.#put(id, i);
    this.#sort();
    const { element } = this.#items.get(id);
    this.#show(id);
    element.querySelector(".card-name").focus({ preventScroll: true });
    element.scrollIntoView({ block });
    this.#draw();
  }

  // On paper everything is there, one after the other.
  print(isPrinting) {
    this.#isPrinting = isPrinting;
    this.#draw();
    if (isPrinting) for (const id of this.#items.keys()) this.#show(id);
  }
}
