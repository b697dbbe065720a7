import assert from "node:assert/strict";
import { test } from "node:test";

import { SPAN_MS } from "../../static/js/series.js";
import { HEIGHT, path, WIDTH } from "../../static/js/spark.js";

const NOW = 10 * SPAN_MS;
const of = (point) => point.cpu;
const at = (share, cpu) => ({ at: NOW - SPAN_MS * (1 - share), cpu });

test("a line goes from fifteen minutes ago to now, and a gap stays one", () => {
  const points = [at(0, 0), at(0.5, 100), at(0.6, null), at(1, 0)];
  assert.equal(path(points, of, NOW), `M0 ${HEIGHT - 1}L${WIDTH / 2} 1M${WIDTH} ${HEIGHT - 1}`);
});

test("a line fills the box that it is drawn in", () => {
  assert.equal(path([at(0, 0), at(1, 100)], of, NOW, [300, 72]), "M0 71L300 1");
});

test("there is one point a pixel at most, and none of before", () => {
  const points = Array.from({ length: 1000 }, (_, i) => at(i / 500 - 1, 50));
  assert.equal(path(points, of, NOW).split("L").length, WIDTH + 1);
});
