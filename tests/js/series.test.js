import assert from "node:assert/strict";
import { test } from "node:test";

import { isLine, Series, SPAN_MS } from "../../static/js/series.js";

const point = (at, cpu = 10) => ({ at, cpu, memory: 50 });
const times = (series) => series.points.map(({ at }) => at);

test("points older than the span leave", () => {
  const series = new Series(SPAN_MS * 2);
  [0, 4000, SPAN_MS + 1000].forEach((at) => series.push(point(at)));
  assert.deepEqual(times(series), [4000, SPAN_MS + 1000]);
});

test("a repeated or late sample changes nothing", () => {
  const series = new Series(12_000);
  assert.equal(series.push(point(8000)), true);
  assert.equal(series.push(point(8000)), false);
  assert.equal(series.push(point(4000)), false);
  assert.deepEqual(times(series), [8000]);
});

test("a silence stays a gap", () => {
  const series = new Series(12_000);
  [0, 4000, 60_000].forEach((at) => series.push(point(at)));
  assert.deepEqual(series.points.map(({ cpu }) => cpu), [10, 10, null, 10]);
});

test("history fills what was missed and keeps newer live points", () => {
  const series = new Series(12_000);
  [0, 40_000].forEach((at) => series.push(point(at)));
  series.fill([0, 4000, 8000, 36_000].map((at) => point(at, at === 8000 ? null : 20)));
  assert.deepEqual(series.points.map(({ cpu }) => cpu), [20, 20, null, 20, 10]);
});

test("history that begins later leaves what this page knows from before, with a gap between", () => {
  const series = new Series(12_000);
  [0, 4000, 60_000].forEach((at) => series.push(point(at)));
  series.fill([60_000, 64_000].map((at) => point(at, 20)));
  assert.deepEqual(series.points.map(({ cpu }) => cpu), [10, 10, null, 20, 20]);
});

test("no history at all takes nothing away", () => {
  const series = new Series(12_000);
  series.push(point(4000));
  series.fill([]);
  assert.deepEqual(times(series), [4000]);
});

test("what history leaves of before is no longer than the span", () => {
  const series = new Series(SPAN_MS * 2);
  [0, 4000].forEach((at) => series.push(point(at)));
  series.fill([point(SPAN_MS + 1000)]);
  assert.deepEqual(times(series), [4000, SPAN_MS + 1000]);
});

test("a line takes two points that are known", () => {
  const gap = { at: 0, cpu: null, memory: null };
  assert.equal(isLine([]), false);
  assert.equal(isLine([gap, gap, gap]), false);
  assert.equal(isLine([gap, point(4000), gap]), false);
  assert.equal(isLine([point(0), gap, point(8000, null)]), true);
});

test("the number of points is bounded whatever the interval", () => {
  const series = new Series(1000);
  for (let at = 0; at < 10_000; at += 1) series.push(point(at));
  assert.equal(series.points.length, 4000);
});

test("a silence is a gap also where only the memory was known", () => {
  const series = new Series(5000);
  series.push({ at: 0, cpu: null, memory: 50 });
  series.push(point(60_000));
  assert.deepEqual(times(series), [0, 1, 60_000]);
});
