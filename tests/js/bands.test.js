import assert from "node:assert/strict";
import { test } from "node:test";

import { bandsOf, episodesOf } from "../../static/js/bands.js";

const one = (eventId, triggeredAt, endedAt, changes = {}) => ({
  eventId, triggeredAt, endedAt, kind: "mem", severity: "critical", message: "m", ...changes,
});
const SPAN = { from: 100, to: 200 };

test("what is active lasts until now, and what ended meanwhile is not drawn on", () => {
  const journal = [one("a", 10, null), one("b", 20, 30), one("gone", 40, null)];
  const found = episodesOf(journal, [one("a", 10), one("new", 50)]);
  assert.deepEqual(found.map(({ eventId }) => eventId), ["a", "b", "new"]);
});

test("bands are clipped to the span, by kind, oldest first", () => {
  const episodes = [
    one("late", 150, null), one("early", 50, 120), one("over", 10, 99), one("cpu", 120, 130, { kind: "cpu" }),
    one("warning", 140, 145, { severity: "warning" }),
  ];
  const found = bandsOf(episodes, ["mem"], SPAN, 180);
  assert.deepEqual(found.map(({ from, to, mark }) => [from, to, mark]), [
    [100, 120, "alert"],
    [140, 145, "warning"],
    [150, 180, "alert"],
  ]);
});
