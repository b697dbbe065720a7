// The bar above a server's charts: which time they show, and the slider to an instant of it.

import { date, exactTime } from "../format.js";
import { locale, say } from "../say.js";
import { RANGES } from "../timespan.js";
import { setText } from "./dom.js";

const STEPS = 1000;
const DAY_MS = 86_400_000;
const DAY = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });

// A time of the day says nothing of what was months ago, and its year does.
const dated = (at, nowMs) => (nowMs - at > 60 * DAY_MS ? DAY.format(at) : date(at));

export class TimeBar {
  #slot;
  #reach = null;

  // on: { range(name), step("earlier", "later", "out", "in", "reset" or "now"), look(at) with
  // null for now }
  constructor(slot, on) {
    this.#slot = slot;
    slot.ranges.addEventListener("change", ({ target }) => on.range(target.value));
    slot.time.addEventListener("click", ({ target }) => {
      const wanted = target.closest("[data-do]")?.dataset.do;
      if (wanted) on.step(wanted);
    });
    slot.slider.addEventListener("input", () => on.look(this.#chosen()));
  }

  // state: { view, span, oldest: or null, nowMs }
  show({ view, span, oldest, nowMs }) {
    const { ranges, slider } = this.#slot;
    const isPart = view.part !== null;
    for (const radio of ranges.querySelectorAll("input")) radio.checked = !isPart && radio.value === view.range;
    this.#slot.reset.hidden = !isPart;
    setText(this.#slot.span, isPart ? say("{from} to {to}", { from: dated(span.from, nowMs), to: dated(span.to, nowMs) }) : "");
    this.#reach = { from: Math.min(oldest ?? nowMs - RANGES["15m"], nowMs - 1), to: nowMs };
    setText(this.#slot.oldest, dated(this.#reach.from, nowMs));
    const { from, to } = this.#reach;
    const place = view.at === null ? STEPS : Math.round((STEPS * (view.at - from)) / (to - from));
    // While a hand is on it, it is where the hand is.
    if (document.activeElement !== slider || view.at === null) slider.value = String(place);
    slider.ariaValueText = view.at === null ? say("now") : exactTime(view.at);
  }

  // `step` is how much time a point of the history stands for, in words or "".
  showPast(at, step) {
    const { past } = this.#slot;
    const isPast = at !== null;
    past.toggleAttribute("data-shown", isPast);
    this.#slot["past-back"].hidden = !isPast;
    const when = isPast ? exactTime(at) : "";
    const text = step ? say("As it was on {when}, on average of {step}", { when, step }) : say("As it was on {when}", { when });
    setText(this.#slot["past-text"], isPast ? text : "");
  }

  #chosen() {
    const place = Number(this.#slot.slider.value);
    const { from, to } = this.#reach;
    return place >= STEPS ? null : from + ((to - from) * place) / STEPS;
  }
}
