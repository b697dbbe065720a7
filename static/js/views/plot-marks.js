// What a chart has beside its lines, drawn on its canvas: the time of alerts, the extremes of
// averages, a threshold, and the names of the lines at their ends.

import { spread } from "../scale.js";

const LABEL_PX = 14;
const LABEL_GAP_PX = 6;

// `state()` -> { bands: [{ from, to, mark }], threshold: number or null, curves: [{ name, points,
// colour }], isCoarse, palette }, colours as a canvas takes them.
export function plotMarks(state) {
  return {
    id: "marks",
    beforeDatasetsDraw: (chart) => inside(chart, (context) => {
      drawBands(context, chart, state());
      if (state().isCoarse) for (const curve of state().curves) drawExtremes(context, chart, curve);
    }),
    afterDatasetsDraw: (chart) => {
      inside(chart, (context) => drawThreshold(context, chart, state()));
      drawNames(chart, state());
    },
  };
}

function inside({ ctx, chartArea: { left, top, width, height } }, draw) {
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  draw(ctx);
  ctx.restore();
}

function drawBands(context, { scales: { x }, chartArea }, { bands, palette }) {
  for (const { from, to, mark } of bands) {
    const [left, right] = [from, to].map((at) => x.getPixelForValue(at));
    const width = Math.max(2, right - left);
    context.fillStyle = palette[mark];
    context.globalAlpha = 0.12;
    context.fillRect(left, chartArea.top, width, chartArea.height);
    // A bar at its top, so that it is seen where colours are not.
    context.globalAlpha = 1;
    context.fillRect(left, chartArea.top, width, 3);
  }
}

function drawExtremes(context, { scales: { x, y } }, { points, colour }) {
  context.fillStyle = colour;
  context.globalAlpha = 0.18;
  for (let start = 0; start < points.length; start += 1) {
    if (points[start].y === null) continue;
    let end = start;
    while (end + 1 < points.length && points[end + 1].y !== null) end += 1;
    context.beginPath();
    for (let i = start; i <= end; i += 1) context.lineTo(x.getPixelForValue(points[i].x), y.getPixelForValue(points[i].high));
    for (let i = end; i >= start; i -= 1) context.lineTo(x.getPixelForValue(points[i].x), y.getPixelForValue(points[i].low));
    context.fill();
    start = end;
  }
  context.globalAlpha = 1;
}

function drawThreshold(context, { scales: { y }, chartArea: { left, right } }, { threshold, palette }) {
  if (threshold === null) return;
  const height = Math.round(y.getPixelForValue(threshold)) + 0.5;
  context.strokeStyle = palette.threshold;
  context.setLineDash([4, 4]);
  context.beginPath();
  context.moveTo(left, height);
  context.lineTo(right, height);
  context.stroke();
}

// Names stand beside the last value, none above another.
function drawNames({ ctx, scales: { y }, chartArea: { right, top, bottom }, width }, { curves, palette }) {
  const named = curves.filter(({ points }) => points.length);
  const heights = named.map(({ points }) => {
    const last = points.findLast((point) => point.y !== null);
    return last ? y.getPixelForValue(last.y) - LABEL_PX / 2 : bottom - LABEL_PX;
  });
  const places = spread(heights, LABEL_PX, top - LABEL_PX / 2, bottom + LABEL_PX / 2);
  ctx.save();
  ctx.font = palette.font;
  ctx.textBaseline = "middle";
  named.forEach(({ name, colour }, i) => {
    ctx.fillStyle = colour;
    const left = right + LABEL_GAP_PX;
    ctx.fillText(fitting(ctx, name, width - left), left, places[i] + LABEL_PX / 2);
  });
  ctx.restore();
}

// A long name keeps its end, by which mount points differ.
function fitting(context, name, width) {
  if (context.measureText(name).width <= width) return name;
  let kept = name.slice(-24);
  while (kept.length > 1 && context.measureText(`…${kept}`).width > width) kept = kept.slice(1);
  return `…${kept}`;
}
