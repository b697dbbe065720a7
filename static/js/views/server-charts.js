// The charts of a server: one for each group of metrics that is known, all over one span of
// time, with one line through all of them at the instant that is looked at.

import { bandsOf } from "../bands.js";
import { date, exactTime, timeOfDay, words } from "../format.js";
import { panelsOf, quantity } from "../panels.js";
import { say } from "../say.js";
import { connectGestures } from "./gestures.js";
import { clone, setText, slots } from "./dom.js";
import { TimeChart } from "./time-chart.js";

// Of a longer span the day matters, and no second.
const SECONDS_MATTER_MS = 6 * 3_600_000;
// So long charts may take of a frame: who waits for the first ones has nothing to scroll yet,
// and of those below that are new several are soon there, since each frame has its own costs.
const FIRST_MS = 30;
const BELOW_MS = 16;
const EACH_MS = 8;

export class ChartGrid {
  #slot;
  #frames;
  #palette;
  #Chart = null;
  #charts = new Map();
  // Those that are to be drawn.
  #due = new Set();
  #state = null;
  #drawn = {};
  #cross = null;

  // slot: the page's elements. frames: when there is time to draw. palette(): the colours of now. on: { look(at or null),
  // select(from, to), choose(at), zoom(factor, at), pan(share), reset() }, all in instants.
  constructor(slot, frames, palette, on) {
    this.#slot = slot;
    this.#frames = frames;
    this.#palette = palette;
    const instant = (x, plot) => this.#instantAt(x, plot);
    connectGestures(slot.charts, {
      look: (x, plot) => on.look(x === null ? null : instant(x, plot)),
      select: (from, to, plot) => this.#showSelection(from, to, plot),
      done: (from, to, plot) => on.select(instant(from, plot), instant(to, plot)),
      choose: (x, plot) => on.choose(instant(x, plot)),
      zoom: (factor, x, plot) => plot && on.zoom(factor, instant(x, plot)),
      pan: (pixels, plot) => on.pan(pixels / plot.clientWidth),
      reset: on.reset,
    });
  }

  use(Chart) {
    this.#Chart = Chart;
    if (this.#state) this.show(this.#state);
  }

  // How many points a chart has room for.
  get points() {
    const width = this.#slot.charts.querySelector("canvas")?.clientWidth || this.#slot.charts.clientWidth / 2 || 600;
    return Math.max(50, Math.min(1000, Math.round(width - 136)));
  }

  // state: { curves, span, episodes, limits, reasons: Map, nowMs }
  show(state) {
    this.#state = state;
    if (this.#isDrawn(state)) return;
    const { shown, missing } = panelsOf(state.curves.keys);
    const wanted = new Set(shown.map(signature));
    for (const key of this.#charts.keys()) if (!wanted.has(key)) this.#drop(key);
    shown.forEach((panel, i) => this.#place(panel, i));
    this.#due = new Set(this.#charts.values());
    this.#frames.add("charts", () => this.#drawDue());
    this.#showMissing(state.curves.keys.length ? missing : []);
    this.#slot.charts.hidden = shown.length === 0;
  }

  // Whether another drawing would differ by no pixel: long spans move slowly.
  #isDrawn({ curves, span, episodes, limits, reasons }) {
    const pixelMs = (span.to - span.from) / this.points;
    const drawn = {
      curves,
      limits: JSON.stringify(limits ?? null),
      reasons: JSON.stringify([...(reasons ?? [])]),
      Chart: this.#Chart,
      version: curves.isCoarse ? curves.keys.length : curves.version,
      from: Math.floor(span.from / pixelMs),
      pixelMs: Math.round(pixelMs),
      episodes: episodes.map(({ eventId, endedAt }) => `${eventId} ${endedAt}`).join(),
    };
    const isSame = Object.entries(drawn).every(([name, value]) => this.#drawn[name] === value);
    this.#drawn = drawn;
    return isSame;
  }

  // The line through all charts; null is none, and values are the newest.
  cross(at) {
    if (at === this.#cross) return;
    this.#cross = at;
    if (this.#state) for (const one of this.#charts.values()) this.#showValuesOf(one);
  }

  recolour() {
    for (const { chart } of this.#charts.values()) chart?.recolour(this.#palette());
  }

  clear() {
    for (const key of [...this.#charts.keys()]) this.#drop(key);
    this.#state = this.#cross = null;
    this.#drawn = {};
  }

  // What all charts say of an instant, in words.
  wordsAt(at) {
    const said = [...this.#charts.values()].map(({ panel }) => {
      const values = panel.series.map(({ key, name }) => `${name} ${this.#wordsOf(panel, key, at)}`);
      return `${panel.title}: ${values.join(", ")}`;
    });
    return `${exactTime(at)}. ${said.join(". ")}`;
  }

  #place(panel, i) {
    const key = signature(panel);
    if (!this.#charts.has(key)) {
      const element = clone("server-chart");
      setText(slots(element).title, panel.title);
      // Until it is drawn it is but that.
      element.querySelector("canvas").ariaLabel = panel.title;
      slots(element).values.append(...panel.series.map(({ name, colour }) => makeValue(name, colour)));
      this.#charts.set(key, { panel, element, chart: null });
    }
    const { element } = this.#charts.get(key);
    const { charts } = this.#slot;
    if (charts.children[i] !== element) charts.insertBefore(element, charts.children[i] ?? null);
  }

  #drop(key) {
    const one = this.#charts.get(key);
    one.chart?.destroy();
    one.element.remove();
    this.#charts.delete(key);
    this.#due.delete(one);
  }

  // What is seen comes first, several in a frame; the rest in those that follow.
  #drawDue() {
    const due = [...this.#due].map((one) => ({ one, isSeen: isSeen(one.element) }));
    const fresh = this.#Chart ? due.filter(({ one }) => !one.chart) : [];
    const mostMs = fresh.some(({ isSeen }) => isSeen) ? FIRST_MS : fresh.length ? BELOW_MS : EACH_MS;
    const until = performance.now() + mostMs;
    for (const { one } of due.sort((a, b) => b.isSeen - a.isSeen)) {
      this.#due.delete(one);
      try {
        this.#draw(one);
      } catch (error) {
        // One broken chart must not stop the others.
        reportError(error);
      }
      if (performance.now() > until) break;
    }
    if (this.#due.size) this.#frames.add("charts", () => this.#drawDue());
  }

  #draw(one) {
    const { panel, element } = one;
    const { curves, span } = this.#state;
    const canvas = element.querySelector("canvas");
    const label = labelOf(panel, curves, span);
    if (canvas.ariaLabel !== label) canvas.ariaLabel = label;
    if (this.#Chart) this.#drawLines(one, canvas);
    this.#showValuesOf(one);
  }

  #drawLines(one, canvas) {
    const { panel } = one;
    const { curves, span, episodes, limits, nowMs } = this.#state;
    one.chart ??= new TimeChart(this.#Chart, canvas, panel, this.#palette());
    one.chart.draw({
      curves: panel.series.map(({ key }) => curves.points(key)),
      span,
      bands: bandsOf(episodes, panel.kinds, span, nowMs),
      threshold: limits?.[panel.limit] ?? null,
      isCoarse: curves.isCoarse,
    });
  }

  #instantAt(clientX, plot) {
    const one = [...this.#charts.values()].find(({ element }) => element.contains(plot));
    if (!one?.chart) return null;
    const { left, right } = one.chart.area;
    const x = clientX - plot.getBoundingClientRect().left;
    return one.chart.instantAt(Math.max(left, Math.min(right, x)));
  }

  #showSelection(from, to, plot) {
    for (const { element, chart } of this.#charts.values()) {
      const { selection } = slots(element);
      selection.hidden = from === null || !chart;
      if (selection.hidden) continue;
      const { left, right } = chart.area;
      const [a, b] = [from, to].map((x) => Math.max(left, Math.min(right, x - plot.getBoundingClientRect().left)));
      Object.assign(selection.style, { left: `${Math.min(a, b)}px`, width: `${Math.abs(a - b)}px` });
    }
  }

  // The values at the line, or the newest, and the line.
  #showValuesOf({ panel, element, chart }) {
    const { span } = this.#state;
    const at = this.#cross;
    const slot = slots(element);
    panel.series.forEach(({ key }, i) => setText(slot.values.children[i].lastElementChild, this.#wordsOf(panel, key, at)));
    slot.cross.hidden = at === null || at < span.from || at > span.to || !chart;
    if (slot.cross.hidden) return;
    const x = chart.pixelOf(at);
    slot.cross.style.transform = `translateX(${x}px)`;
    slot.cross.dataset.time = (span.to - span.from > SECONDS_MATTER_MS ? date : timeOfDay)(at);
    slot.cross.toggleAttribute("data-late", x > (chart.area.left + chart.area.right) / 2);
  }

  #wordsOf(panel, key, at) {
    const { curves } = this.#state;
    const point = at === null ? curves.last(key) : curves.at(key, at);
    return point ? words(quantity(panel.unit, point.y)) : "—";
  }

  // What is not drawn, each reason once.
  #showMissing(missing) {
    const list = this.#slot.missing;
    const { reasons } = this.#state;
    while (list.children.length > missing.length) list.lastElementChild.remove();
    missing.forEach((panel, i) => {
      const row = list.children[i] ?? list.appendChild(makeMissing());
      setText(row.children[0], panel.title);
      setText(row.children[1], reasons?.get(panel.group) || say("Nothing is known of this time."));
    });
  }
}

function isSeen(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}

// A panel of disks is another one when its disks are.
const signature = ({ id, series }) => `${id} ${series.map(({ key }) => key).join("\n")}`;

function labelOf({ title, unit, series }, curves, span) {
  const said = series.map(({ key, name }) => {
    const found = curves.summary(key, span);
    if (!found) return say("{name} unknown", { name });
    const [average, least, most] = [found.average, found.least, found.most].map((one) => words(quantity(unit, one)));
    return say("{name} {average} on average, from {least} to {most}", { name, average, least, most });
  });
  return `${title}: ${said.join("; ")}`;
}

function makeValue(name, colour) {
  const [item, label, value] = ["span", "span", "span"].map((tag) => document.createElement(tag));
  item.className = "chart-value";
  item.dataset.colour = String(colour + 1);
  label.className = "clip chart-series";
  label.dir = "auto";
  setText(label, name);
  item.append(label, value);
  return item;
}

function makeMissing() {
  const [row, name, reason] = ["div", "dt", "dd"].map((tag) => document.createElement(tag));
  row.append(name, reason);
  return row;
}
