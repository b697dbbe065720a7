// The cards: which exist, in which order, and which are in view. Only cards in
// view are kept up to date and have a chart; the others catch up as they appear.

import { createCard, openBody, setOpen, showAge, showBody, showHead } from "./card.js";
import { isPhone } from "./dom.js";
import { createTrend, palette, showNoCharts, showTrend } from "./trend.js";

const ACTIONS = ["menu", "mend", "accept", "retry"].map((slot) => `[data-slot="${slot}"]`).join();
const MARGIN = "400px 0px";

export class Grid {
  #element;
  #frames;
  #stateOf;
  #cards = new Map();
  #idOf = new WeakMap();
  #inView = new Set();
  #charts = new Map();
  #Chart = null;
  #chartsFailed = false;
  #colours = palette();
  #order = [];
  #observer;

  // `stateOf(id)` -> { server, alerts, points, nowMs, intervalMs }; `onAct(slot, button,
  // id)` hears of a card's buttons: its menu, and those that mend what is wrong.
  constructor(element, frames, stateOf, onAct) {
    this.#element = element;
    element.addEventListener("click", ({ target }) => {
      const button = target.closest(ACTIONS);
      if (button) onAct(button.dataset.slot, button, this.#idOf.get(button.closest(".card")));
    });
    this.#frames = frames;
    this.#stateOf = stateOf;
    this.#observer = new IntersectionObserver((entries) => this.#seen(entries), {
      rootMargin: MARGIN,
    });
    for (const event of ["pointerleave", "focusout"]) {
      element.addEventListener(event, () => frames.add("order", () => this.#place()));
    }
  }

  // The servers in the order wanted; cards that are missing are made, others leave.
  setOrder(order) {
    const wanted = new Set(order);
    for (const id of this.#cards.keys()) if (!wanted.has(id)) this.#remove(id);
    const added = order.filter((id) => !this.#cards.has(id));
    for (const id of added) this.#add(id);
    this.#order = order;
    this.#element.style.setProperty("--count", String(order.length));
    if (added.length) this.#arrange();
    else this.#place();
  }

  // Show the newest state of one card, or of all, if anybody can see it.
  refresh(ids = this.#inView) {
    for (const id of ids) if (this.#inView.has(id)) this.#later(id);
  }

  // Heads are read by people who search and by screen readers: all of them are kept.
  refreshHeads() {
    for (const id of this.#cards.keys()) {
      if (!this.#inView.has(id)) this.#later(id);
    }
  }

  refreshAges() {
    for (const id of this.#inView) showAge(this.#cards.get(id), this.#stateOf(id));
  }

  // Hand the keyboard to one card, which is opened where cards are rows. A link that
  // leads here has scrolled already; else `isFar`.
  reveal(id, isFar = false) {
    const card = this.#cards.get(id);
    if (!card) return;
    if (isPhone()) setOpen(card, true);
    this.#show(id);
    if (isFar) card.scrollIntoView({ block: "center" });
    card.querySelector(".card-name").focus({ preventScroll: true });
  }

  useCharts(Chart) {
    this.#Chart = Chart;
    this.refresh();
  }

  doWithoutCharts() {
    this.#chartsFailed = true;
    this.refresh();
  }

  recolour() {
    this.#colours = palette();
    for (const chart of this.#charts.values()) chart.recolour(this.#colours);
  }

  #later(id) {
    this.#frames.add(`card ${id}`, () => this.#show(id));
  }

  #add(id) {
    const state = this.#stateOf(id);
    const card = createCard(state.server, () => this.#show(id));
    showHead(card, state);
    this.#cards.set(id, card);
    this.#idOf.set(card, id);
    this.#observer.observe(card);
  }

  #remove(id) {
    const card = this.#cards.get(id);
    this.#observer.unobserve(card);
    this.#dropChart(id);
    this.#inView.delete(id);
    this.#cards.delete(id);
    // The keyboard stays beside what has left.
    const neighbour = card.nextElementSibling ?? card.previousElementSibling;
    if (card.contains(document.activeElement)) neighbour?.querySelector(".card-name").focus();
    card.remove();
  }

  // Nothing moves under a pointer or away from the keyboard's focus.
  #place() {
    const pointed = matchMedia("(hover: hover)").matches && this.#element.matches(":hover");
    if (!pointed && !this.#element.contains(document.activeElement)) this.#arrange();
  }

  #arrange() {
    this.#order.forEach((id, i) => {
      const card = this.#cards.get(id);
      const there = this.#element.children[i];
      if (there !== card) this.#element.insertBefore(card, there ?? null);
    });
  }

  #seen(entries) {
    for (const { target, isIntersecting } of entries) {
      const id = this.#idOf.get(target);
      if (this.#cards.get(id) !== target) continue;
      if (isIntersecting) {
        this.#inView.add(id);
        this.#later(id);
      } else {
        this.#inView.delete(id);
        this.#dropChart(id);
      }
    }
  }

  #show(id) {
    const card = this.#cards.get(id);
    if (!card) return;
    const state = this.#stateOf(id);
    showHead(card, state);
    if (!this.#inView.has(id)) return;
    openBody(card);
    showBody(card, state);
    this.#showTrend(id, card, state);
  }

  #showTrend(id, card, state) {
    if (this.#chartsFailed) showNoCharts(card);
    if (!this.#Chart || !state.server.metrics) return;
    if (!this.#charts.has(id)) this.#charts.set(id, createTrend(card, this.#Chart, this.#colours));
    showTrend(card, this.#charts.get(id), state);
  }

  #dropChart(id) {
    this.#charts.get(id)?.destroy();
    this.#charts.delete(id);
  }
}
