// The trend of a card: CPU and memory of the last 15 minutes as two lines, and what they were
// at the moment under the pointer.

import { percent, timeOfDay, words } from "../format.js";
import { say } from "../say.js";
import { SPAN_MS, isLine } from "../series.js";
import { path } from "../spark.js";
import { setData, setText, slots } from "./dom.js";

const BOX = [300, 72];
const GRID = "M0 1H300M0 36H300M0 71H300";
// What each plot shows, for whoever points at it.
const drawn = new WeakMap();

// state: { server, points, nowMs }
export function showTrend(card, { server, points, nowMs }) {
  if (!server.metrics) return;
  const { "trend-empty": empty, "trend-plot": plot, "cpu-line": cpuLine, "memory-line": memoryLine } = slots(card);
  empty.hidden = isLine(points);
  setText(empty, say("No history yet"));
  if (!drawn.has(plot)) connect(plot);
  drawn.set(plot, { points, nowMs });
  cpuLine.setAttribute("d", path(points, (point) => point.cpu, nowMs, BOX));
  memoryLine.setAttribute("d", path(points, (point) => point.memory, nowMs, BOX));
  const { cpu, memory } = points.at(-1) ?? { cpu: null, memory: null };
  const image = cpuLine.ownerSVGElement;
  // An image only from now on: one without words is none to who cannot see it.
  image.role = "img";
  image.ariaLabel = say("The last 15 minutes; now CPU {cpu}, memory {memory}", {
    cpu: words(percent(cpu)),
    memory: words(percent(memory)),
  });
}

function connect(plot) {
  plot.querySelector(".trend-grid").setAttribute("d", GRID);
  plot.addEventListener("pointermove", ({ clientX }) => point(plot, clientX));
  plot.addEventListener("pointerleave", () => setData(plot, "tip", ""));
}

function point(plot, clientX) {
  const { left, width } = plot.getBoundingClientRect();
  const { points, nowMs } = drawn.get(plot);
  const at = nowMs - SPAN_MS + ((clientX - left) / width) * SPAN_MS;
  const found = nearest(points, at);
  if (!found || found.cpu === null || found.memory === null) return;
  plot.style.setProperty("--at", String((found.at - nowMs) / SPAN_MS + 1));
  const tip = say("{time}: CPU {cpu}, memory {memory}", {
    time: timeOfDay(found.at),
    cpu: words(percent(found.cpu)),
    memory: words(percent(found.memory)),
  });
  if (plot.dataset.tip === tip) return;
  setData(plot, "tip", tip);
  // Tips are shown when a pointer comes, and it has been here already.
  plot.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
}

const nearest = (points, at) =>
  points.reduce((best, one) => (!best || Math.abs(one.at - at) < Math.abs(best.at - at) ? one : best), null);
