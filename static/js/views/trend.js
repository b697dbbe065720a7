// The trends of the cards that exist: one chart each, once there is a library for them.

import { TrendChart, loadLibrary } from "../chart.js";
import { percent, words } from "../format.js";
import { surely } from "../lazily.js";
import { say } from "../say.js";
import { isLine } from "../series.js";
import { setText, slots } from "./dom.js";

// Canvas cannot read custom properties: their colours are taken from the document.
function palette() {
  const probe = document.createElement("span");
  document.body.append(probe);
  const read = (name) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const colours = {
    cpu: read("--series-1"),
    memory: read("--series-2"),
    line: read("--line"),
    ink: read("--ink"),
    surface: read("--surface"),
  };
  probe.remove();
  return colours;
}

// Hands trends to `use`: those with the library, and while that cannot be loaded ones that say so.
export function loadTrends(use) {
  loadLibrary().catch(() => use(new Trends(null)));
  surely(loadLibrary).then((Chart) => use(new Trends(Chart)));
}

class Trends {
  #charts = new Map();
  #Chart;
  #colours = palette();

  constructor(Chart) {
    this.#Chart = Chart;
  }

  recolour() {
    this.#colours = palette();
    for (const chart of this.#charts.values()) chart.recolour(this.#colours);
  }

  // state: { server, points, nowMs }
  show(id, card, { server, points, nowMs }) {
    const { "trend-empty": empty } = slots(card);
    if (!this.#Chart) {
      empty.hidden = false;
      setText(empty, say("The chart has not arrived yet"));
    }
    if (!this.#Chart || !server.metrics) return;
    empty.hidden = isLine(points);
    setText(empty, say("No history yet"));
    const { cpu, memory } = points.at(-1) ?? { cpu: null, memory: null };
    const canvas = card.querySelector("canvas");
    // An image only from now on: one without words is none to who cannot see it.
    canvas.role = "img";
    canvas.ariaLabel = say("The last 15 minutes; now CPU {cpu}, memory {memory}", {
      cpu: words(percent(cpu)),
      memory: words(percent(memory)),
    });
    if (!this.#charts.has(id)) {
      this.#charts.set(id, new TrendChart(this.#Chart, canvas, this.#colours));
    }
    this.#charts.get(id).draw(points, nowMs);
  }

  drop(id) {
    this.#charts.get(id)?.destroy();
    this.#charts.delete(id);
  }
}
