// One chart of a server page: Chart.js draws its lines and axes, plot-marks.js the rest.

import { locale } from "../say.js";
import { axisEnd, tickForm, timeTicks } from "../scale.js";
import { quantity } from "../panels.js";
import { words } from "../format.js";
import { plotMarks } from "./plot-marks.js";

const PIXELS_A_TICK = 90;
// The charts share one axis of time, so what is beside it is as wide in each.
const LEFT_PX = 64;
const RIGHT_PX = 72;
const AREA = 0.08;

const MINUTE_MS = 60_000;
const offsetMs = (at) => -new Date(at).getTimezoneOffset() * MINUTE_MS;
const FORMS = {
  time: new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" }),
  day: new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" }),
};

export class TimeChart {
  #Chart;
  #canvas;
  #panel;
  #data;
  #options;
  #state;
  // Chart.js lays out and draws as soon as it is made, which is once there is something to draw.
  #chart = null;

  // palette: { series: [colour], alert, warning, threshold, line, ink, font }
  constructor(Chart, canvas, panel, palette) {
    this.#Chart = Chart;
    this.#canvas = canvas;
    this.#panel = panel;
    this.#state = { bands: [], threshold: null, curves: [], isCoarse: false, palette };
    this.#data = { datasets: panel.series.map(({ name }) => ({ label: name, data: [] })) };
    this.#options = options(panel, () => this.#state.palette);
    this.#paint();
  }

  // shown: { curves: a list of points for each series, span, bands, threshold, isCoarse }
  draw({ curves, span, bands, threshold, isCoarse }) {
    const { palette } = this.#state;
    const drawn = this.#panel.series.map(({ name, colour }, i) => ({
      name,
      points: curves[i],
      colour: palette.series[colour],
    }));
    this.#state = { bands, threshold, curves: drawn, isCoarse, palette };
    curves.forEach((points, i) => (this.#data.datasets[i].data = points));
    const { x, y } = this.#options.scales;
    Object.assign(x, { min: span.from, max: span.to });
    y.max = axisEnd(this.#panel.unit, most(curves, isCoarse));
    this.#update();
  }

  recolour(palette) {
    this.#state.palette = palette;
    this.#state.curves.forEach((curve, i) => (curve.colour = palette.series[this.#panel.series[i].colour]));
    this.#paint();
    this.#update();
  }

  // Where an instant is, in pixels of the canvas, and what is there; `area` is where lines are.
  pixelOf = (at) => this.#chart.scales.x.getPixelForValue(at);
  instantAt = (pixel) => this.#chart.scales.x.getValueForPixel(pixel);

  get area() {
    return this.#chart.chartArea;
  }

  destroy() {
    this.#chart?.destroy();
  }

  #update() {
    if (this.#chart) this.#chart.update("none");
    else this.#make();
  }

  #make() {
    const [data, options, plugins] = [this.#data, this.#options, [plotMarks(() => this.#state)]];
    this.#chart = new this.#Chart(this.#canvas, { type: "line", data, options, plugins });
    // From now on it keeps these itself.
    this.#data = this.#chart.data;
    this.#options = this.#chart.options;
  }

  #paint() {
    const { palette } = this.#state;
    this.#panel.series.forEach(({ colour }, i) => {
      const line = palette.series[colour];
      const area = line.replace(/^rgb\((.*)\)$/, `rgba($1, ${AREA})`);
      Object.assign(this.#data.datasets[i], {
        borderColor: line,
        backgroundColor: area,
        fill: this.#panel.series.length === 1 || (this.#panel.id === "cpu" && i === 0) ? "origin" : false,
      });
    });
    const { x, y } = this.#options.scales;
    x.ticks.color = y.ticks.color = palette.ink;
    y.grid.color = palette.line;
  }
}

const most = (curves, isCoarse) => {
  let found = 0;
  for (const points of curves) {
    for (const { y, high } of points) found = Math.max(found, (isCoarse ? high : y) ?? 0);
  }
  return found;
};

function options({ unit }, palette) {
  const font = { size: 11, get family() { return palette().family; } };
  let form = "time";
  return {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    parsing: false,
    normalized: true,
    spanGaps: false,
    // The page itself follows the pointer, in all charts at once.
    events: [],
    layout: { padding: { top: 8, right: RIGHT_PX } },
    elements: { line: { borderWidth: 1.5, tension: 0 }, point: { radius: 0, hoverRadius: 0 } },
    scales: {
      x: {
        type: "linear",
        border: { display: false },
        grid: { display: false },
        afterBuildTicks: (axis) => {
          const count = Math.max(2, Math.floor(axis.width / PIXELS_A_TICK));
          const { ticks, step } = timeTicks({ from: axis.min, to: axis.max }, count, offsetMs);
          form = tickForm(step);
          axis.ticks = ticks.map((value) => ({ value }));
        },
        ticks: { font, maxRotation: 0, autoSkip: false, callback: (at) => FORMS[form].format(at) },
      },
      y: {
        min: 0,
        border: { display: false },
        grid: { drawTicks: false },
        afterBuildTicks: (axis) => {
          axis.ticks = [0, axis.max / 2, axis.max].map((value) => ({ value }));
        },
        afterFit: (axis) => {
          axis.width = LEFT_PX;
        },
        ticks: { font, padding: 8, autoSkip: false, callback: (value) => short(unit, value) },
      },
    },
    plugins: { legend: { display: false }, tooltip: { enabled: false } },
  };
}

// Axes need no decimals.
function short(unit, value) {
  if (value === 0) return "0";
  return words(quantity(unit, value)).replace(/([.,]\d*?)0+(?=\s|$)/, "$1").replace(/[.,](?=\s|$)/, "");
}
