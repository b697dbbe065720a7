import assert from "node:assert/strict";
import { test } from "node:test";

import { axisEnd, spread, tickForm, timeTicks } from "../../static/js/scale.js";

const HOUR = 3_600_000;
const none = () => 0;

test("percents go to 100, others to a round number that holds them", () => {
  assert.equal(axisEnd("percent", 3), 100);
  assert.deepEqual([0, 0.3, 0.99, 3.9, 4.1, 990].map((most) => axisEnd("load", most)), [1, 0.4, 2, 4, 5, 2000]);
  assert.deepEqual([0, 700, 1400].map((most) => axisEnd("rate", most)), [1000, 1000, 2000]);
  for (let most = 0.001; most < 1e12; most *= 1.37) assert.ok(axisEnd("bytes", most) >= most);
});

test("ticks of time are round in the zone of whoever looks, and not too many", () => {
  const span = { from: 10.2 * HOUR, to: 16.1 * HOUR };
  assert.deepEqual(timeTicks(span, 6, none).ticks, [11, 12, 13, 14, 15, 16].map((hour) => hour * HOUR));
  const { ticks } = timeTicks({ from: 0, to: 5 * 24 * HOUR }, 5, () => 5.5 * HOUR);
  assert.deepEqual(ticks, [1, 2, 3, 4, 5].map((day) => (day * 24 - 5.5) * HOUR));
  for (const length of [60_000, HOUR, 90 * HOUR, 9000 * HOUR, 18_000 * HOUR]) {
    assert.ok(timeTicks({ from: 0, to: length }, 6, none).ticks.length <= 7, String(length));
  }
});

test("what is a day or more is written as a day", () => {
  assert.equal(tickForm(12 * HOUR), "time");
  assert.equal(tickForm(24 * HOUR), "day");
});

test("labels that want the same place stand below each other within their bounds", () => {
  assert.deepEqual(spread([50, 10], 14, 0, 100), [50, 10]);
  assert.deepEqual(spread([95, 95, 95], 14, 0, 100), [58, 72, 86]);
  assert.deepEqual(spread([-5, 0], 14, 0, 100), [0, 14]);
  assert.deepEqual(spread([], 14, 0, 100), []);
});
