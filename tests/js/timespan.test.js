import assert from "node:assert/strict";
import { test } from "node:test";

import * as timespan from "../../static/js/timespan.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.UTC(2026, 0, 1, 12);
const view = (changes) => ({ range: "1h", part: null, at: null, ...changes });
const read = (query) => timespan.readView(new URLSearchParams(query));

test("the address keeps the range, a part and the instant, and nothing that is usual", () => {
  const part = { from: NOW - HOUR, to: NOW - MINUTE };
  const whole = view({ range: "1d", part, at: NOW - 2 * MINUTE });
  assert.deepEqual(read(timespan.writeView(whole)), whole);
  assert.equal(timespan.writeView(view({ range: "15m" })), "");
  assert.deepEqual(read(""), view({ range: "15m" }));
});

test("what an address cannot mean is left out", () => {
  const day = "2026-01-01T00:00:00Z";
  for (const query of ["range=3x", "range=constructor", "from=x&to=y", `from=${day}&to=${day}`, "at=x", `from=1000-01-01&to=${day}`]) {
    assert.deepEqual(read(query), view({ range: "15m" }), query);
  }
});

test("a range goes on with the clock, a part stays", () => {
  assert.deepEqual(timespan.spanOf(view(), NOW), { from: NOW - HOUR, to: NOW });
  const part = { from: 5, to: 10 };
  assert.deepEqual(timespan.spanOf(view({ part }), NOW), part);
});

test("zooming keeps what is under the pointer where it is", () => {
  const anchor = NOW - 15 * MINUTE;
  const { part } = timespan.zoomed(view(), 0.5, anchor, NOW);
  assert.deepEqual(part, { from: anchor - 22.5 * MINUTE, to: anchor + 7.5 * MINUTE });
});

test("no zoom is shorter than a minute, longer than two years or later than now", () => {
  const { part: short } = timespan.zoomed(view(), 1e-9, NOW, NOW);
  assert.deepEqual(short, { from: NOW - MINUTE, to: NOW });
  const { part: long } = timespan.zoomed(view(), 1e9, NOW - HOUR / 2, NOW);
  assert.equal(long.to, NOW);
  assert.equal(long.to - long.from, 730 * 24 * HOUR);
});

test("going later ends at now, where the range goes on", () => {
  const earlier = timespan.panned(view(), -0.5, NOW);
  assert.deepEqual(earlier.part, { from: NOW - 1.5 * HOUR, to: NOW - 0.5 * HOUR });
  assert.equal(timespan.panned(earlier, 0.5, NOW).part, null);
  assert.equal(timespan.panned(view(), 3, NOW).part, null);
});

test("a selection is the same in both directions, and never shorter than a minute", () => {
  const [a, b] = [NOW - 40 * MINUTE, NOW - 10 * MINUTE];
  assert.deepEqual(timespan.selected(view(), a, b, NOW), timespan.selected(view(), b, a, NOW));
  const { part } = timespan.selected(view(), a, a, NOW);
  assert.deepEqual(part, { from: a - MINUTE / 2, to: a + MINUTE / 2 });
});

test("an instant that is looked at is brought into what is shown", () => {
  const inside = NOW - 10 * MINUTE;
  assert.deepEqual(timespan.lookedAt(view(), inside, NOW), view({ at: inside }));
  const outside = NOW - 10 * HOUR;
  const part = { from: outside - HOUR / 2, to: outside + HOUR / 2 };
  assert.deepEqual(timespan.lookedAt(view(), outside, NOW), view({ part, at: outside }));
  assert.deepEqual(timespan.lookedAt(view({ at: inside }), null, NOW), view());
  assert.deepEqual(timespan.lookedAt(view({ part, at: outside }), null, NOW), view());
  const near = { from: NOW - 2 * HOUR, to: NOW - HOUR / 2 };
  assert.deepEqual(timespan.lookedAt(view({ part: near, at: inside }), null, NOW), view({ part: near }));
});
