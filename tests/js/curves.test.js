import assert from "node:assert/strict";
import { test } from "node:test";

import { Curves } from "../../static/js/curves.js";

const KEY = "cpu_used_percent";
const INTERVAL = 4000;
const MINUTE = 60_000;
const history = (values, { stepMs = MINUTE, to = values.length * stepMs } = {}) => ({
  stepMs,
  to,
  at: values.map((_, i) => i * stepMs),
  samples: values.map((value) => (value === null ? 0 : 15)),
  curves: new Map([[KEY, { average: values, least: values.map((v) => v && v - 1), most: values.map((v) => v && v + 1) }]]),
});
const read = (at, value) => [new Map([[KEY, value]]), at];
const ys = (curves) => curves.points(KEY).map(({ y }) => y);

test("a gap of history stays a gap", () => {
  const curves = new Curves(history([10, null, 30]), INTERVAL);
  assert.deepEqual(ys(curves), [10, null, 30]);
  assert.equal(curves.isCoarse, true);
  assert.deepEqual(curves.points(KEY)[0], { x: 30_000, y: 10, low: 9, high: 11, n: 15 });
});

test("what nothing is known of is no curve", () => {
  assert.deepEqual(new Curves(history([null, null]), INTERVAL).keys, []);
});

test("readings join the point of their step, with its least and most", () => {
  const curves = new Curves(history([10], { to: 50_000 }), INTERVAL);
  curves.push(...read(50_000, 99));
  assert.deepEqual(ys(curves), [10], "history knew it already");
  curves.push(...read(54_000, 26));
  assert.deepEqual(curves.points(KEY), [{ x: 30_000, y: 11, low: 9, high: 26, n: 16 }]);
  curves.push(...read(61_000, 40));
  curves.push(...read(65_000, 20));
  assert.deepEqual(ys(curves), [11, 30]);
});

test("a silence between readings is a gap, and sensors that are read seldom make none", () => {
  const curves = new Curves(null, INTERVAL);
  for (const at of [0, 4000, 24_000, 60_000]) curves.push(...read(at, 5));
  assert.deepEqual(ys(curves), [5, 5, 5, null, 5]);
});

test("an old or repeated reading changes nothing", () => {
  const curves = new Curves(null, INTERVAL);
  for (const at of [8000, 8000, 4000]) curves.push(...read(at, at));
  assert.deepEqual(ys(curves), [8000]);
});

test("what was at an instant is the nearest that is known, if it is near", () => {
  const curves = new Curves(history([10, null, null, 30]), INTERVAL);
  assert.equal(curves.at(KEY, 20_000).y, 10);
  assert.equal(curves.at(KEY, 200_000).y, 30);
  assert.equal(curves.at(KEY, 140_000), null);
  assert.equal(curves.at("other", 0), null);
});

test("a summary weighs points by their polls, and takes the extremes", () => {
  const curves = new Curves(history([10, 20]), INTERVAL);
  curves.push(...read(121_000, 95));
  const { average, least, most } = curves.summary(KEY, { from: 0, to: 1e9 });
  assert.equal(Math.round(average * 100) / 100, 17.58);
  assert.deepEqual([least, most], [9, 95]);
  assert.equal(curves.summary(KEY, { from: 1e9, to: 2e9 }), null);
});

test("what lies before a span is forgotten but for the point a line comes in from", () => {
  const curves = new Curves(history([1, 2, 3, 4]), INTERVAL);
  curves.trim(100_000);
  assert.deepEqual(ys(curves), [2, 3, 4]);
  assert.equal(curves.last(KEY).y, 4);
});
