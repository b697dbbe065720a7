// The only file that knows Chart.js: a small trend of CPU and memory.

import { percent, timeOfDay, words } from "./format.js";
import { say } from "./say.js";
import { SPAN_MS } from "./series.js";

const LIBRARY = "/vendor/chart.umd.js";
const LINES = [
  { name: say("CPU"), of: (point) => point.cpu, colour: "cpu" },
  { name: say("Memory"), of: (point) => point.memory, colour: "memory" },
];
let library = null;

// The library is large: it comes after the first paint, once for all charts; after a failure
// it is asked for anew.
export function loadLibrary() {
  library ??= import(LIBRARY).then(
    () => globalThis.Chart,
    (error) => {
      library = null;
      throw error;
    },
  );
  return library;
}

// palette: { cpu, memory, line, ink, surface }, each a colour that a canvas takes.
export class TrendChart {
  #chart;

  constructor(Chart, canvas, palette) {
    this.#chart = new Chart(canvas, {
      type: "line",
      data: { datasets: LINES.map(({ name }) => ({ label: name, data: [] })) },
      options: options(),
    });
    this.#paint(palette);
  }

  draw(points, nowMs) {
    LINES.forEach(({ of }, i) => {
      this.#chart.data.datasets[i].data = points.map((p) => ({ x: p.at, y: of(p) }));
    });
    const { x } = this.#chart.options.scales;
    x.min = nowMs - SPAN_MS;
    x.max = nowMs;
    this.#chart.update("none");
  }

  recolour(palette) {
    this.#paint(palette);
    this.#chart.update("none");
  }

  destroy() {
    this.#chart.destroy();
  }

  #paint(palette) {
    LINES.forEach(({ colour }, i) => {
      Object.assign(this.#chart.data.datasets[i], {
        borderColor: palette[colour],
        backgroundColor: palette[colour],
      });
    });
    this.#chart.options.scales.y.grid.color = palette.line;
    Object.assign(this.#chart.options.plugins.tooltip, {
      backgroundColor: palette.ink,
      titleColor: palette.surface,
      bodyColor: palette.surface,
    });
  }
}

function options() {
  return {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    parsing: false,
    normalized: true,
    spanGaps: false,
    interaction: { mode: "index", intersect: false },
    layout: { padding: { top: 1, bottom: 1 } },
    elements: { line: { borderWidth: 1.5 }, point: { radius: 0, hitRadius: 8, hoverRadius: 3 } },
    scales: {
      // What nobody sees is not measured either.
      x: { type: "linear", display: false, ticks: { display: false } },
      y: {
        min: 0,
        max: 100,
        border: { display: false },
        ticks: { display: false, stepSize: 50 },
        grid: { drawTicks: false },
      },
    },
    plugins: {
      legend: { display: false },
      tooltip: {
        animation: false,
        displayColors: false,
        callbacks: {
          title: ([item]) => timeOfDay(item.parsed.x),
          label: (item) => `${item.dataset.label} ${words(percent(item.parsed.y))}`,
        },
      },
    },
  };
}
