import assert from "node:assert/strict";
import { test } from "node:test";

import * as format from "../../static/js/format.js";

const shown = (quantity) => format.words(quantity);

test("percents have at most three significant digits", () => {
  assert.deepEqual(
    [0, 7.26, 43, 99.94, 99.96, 100].map((used) => shown(format.percent(used))),
    ["0.0 %", "7.3 %", "43.0 %", "99.9 %", "100 %", "100 %"],
  );
});

test("sizes take the unit that keeps them short", () => {
  assert.deepEqual(
    [0, 999, 999.6, 1000, 7_900_000_000, 107_374_182_400, 999_950_000_000, 2e21].map((n) => shown(format.bytes(n))),
    ["0 B", "999 B", "1.0 kB", "1.0 kB", "7.9 GB", "107 GB", "1.0 TB", "2000 EB"],
  );
});

test("rates are sizes in a second", () => {
  assert.equal(shown(format.rate(1_240_000)), "1.2 MB/s");
});

test("load keeps two decimals while it is small", () => {
  assert.deepEqual([0.2, 9.99, 12.34, 250].map((l) => shown(format.load(l))), ["0.20", "9.99", "12.3", "250"]);
});

test("what is unknown is never a number", () => {
  for (const make of [format.percent, format.bytes, format.rate, format.load]) {
    assert.equal(make(null), null);
  }
  assert.equal(format.words(null), "unknown");
});

test("durations show their two largest units", () => {
  assert.deepEqual(
    [0, 59, 60, 3600, 3900, 86_400, 12 * 86_400 + 4 * 3600 + 59].map(format.duration),
    ["0 s", "59 s", "1 min", "1 h", "1 h 5 min", "1 d", "12 d 4 h"],
  );
});

test("an age is relative up to a day and a date after that", () => {
  const now = Date.UTC(2026, 10, 24, 12);
  const at = (ms) => format.ago(ms, now - ms);
  assert.deepEqual([-500, 8400, 190_000, 7_200_000].map(at), ["0 s ago", "8 s ago", "3 min ago", "2 h ago"]);
  assert.match(at(3 * 86_400_000), /21/);
});

