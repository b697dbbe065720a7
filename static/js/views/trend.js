// The trend of one card: a chart exists only while the card is in view.

import { TrendChart } from "../chart.js";
import { percent, words } from "../format.js";
import { isLine } from "../series.js";
import { setText, slots } from "./dom.js";

// Canvas cannot read custom properties: their colours are taken from the document.
export function palette() {
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

export function createTrend(card, Chart, colours) {
  return new TrendChart(Chart, card.querySelector("canvas"), colours);
}

// state: { points, nowMs }
export function showTrend(card, chart, { points, nowMs }) {
  const slot = slots(card);
  const shown = isLine(points);
  slot["trend-empty"].hidden = shown;
  setText(slot["trend-empty"], "No history yet");
  const { cpu, memory } = points.at(-1) ?? { cpu: null, memory: null };
  card.querySelector("canvas").ariaLabel =
    `The last 15 minutes; now CPU ${words(percent(cpu))}, memory ${words(percent(memory))}`;
  chart.draw(points, nowMs);
}

export function showNoCharts(card) {
  const slot = slots(card);
  slot["trend-empty"].hidden = false;
  setText(slot["trend-empty"], "The chart library could not be loaded");
}
