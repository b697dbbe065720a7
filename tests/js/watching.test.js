import assert from "node:assert/strict";
import { test } from "node:test";

import { NO_FILTER } from "../../static/js/journal-filter.js";
import { noteOf, nothingActive } from "../../static/js/journal-notes.js";
import { heldActive, heldPast, looked, waiting } from "../../static/js/watching.js";

const one = (eventId, changes = {}) => ({
  eventId,
  subject: "",
  message: "",
  hostname: eventId,
  serverId: eventId,
  severity: "critical",
  isActive: true,
  triggeredAt: 0,
  ...changes,
});
const nameOf = ({ serverId }) => serverId;
const ids = (list) => list.map(({ eventId }) => eventId);

test("an episode that is active and, by a late answer, over already is shown once", () => {
  const found = looked(NO_FILTER, [one("b"), one("a")], [one("a"), one("c")], nameOf, 0);
  assert.deepEqual([ids(found.active), ids(found.past)], [["a", "b"], ["c"]]);
});

test("a state shows its part alone", () => {
  const of = (state) => looked({ ...NO_FILTER, state }, [one("a")], [one("c")], nameOf, 0);
  assert.deepEqual(of("active").past, []);
  assert.deepEqual(of("resolved").active, []);
});

test("who reads keeps each row where it is, with what is new of it", () => {
  const held = heldActive([one("b"), one("a")], [one("a", { message: "worse" }), one("c")]);
  assert.deepEqual(held.map((row) => [row.eventId, row.message, row.isActive]), [["b", "", false], ["a", "worse", true]]);
  assert.equal(held[0].isEnding, true);
  assert.deepEqual(ids(heldPast([one("b"), one("a")], [one("c"), one("a")])), ["b", "a"]);
});

test("what is not shown yet is counted, each episode once", () => {
  assert.equal(waiting([one("a")], [one("a"), one("b"), one("b"), one("c")]), 2);
});

test("each state of the past says what happened and what to do", () => {
  const kind = (state) => noteOf({ total: null, error: null, isNarrowed: false, ...state }).kind;
  assert.equal(kind({}), "loading");
  assert.equal(kind({ total: 3 }), "none");
  assert.equal(kind({ total: 0 }), "empty");
  assert.equal(kind({ total: 0, isNarrowed: true }), "unmatched");
  assert.equal(kind({ total: 3, error: { message: "x", status: 500 } }), "notice");
  const said = noteOf({ total: null, error: { message: "The disk is full.", status: 503 }, isNarrowed: false });
  assert.deepEqual(said, {
    kind: "error",
    title: "The past alerts could not be loaded",
    text: "The disk is full. Trying again by itself.",
  });
  const refused = noteOf({ total: null, error: { message: "No.", status: 403 }, isNarrowed: false });
  assert.equal(refused.title, "You may not see past alerts");
});

test("no active alert is told from one that is filtered out, and from not knowing", () => {
  assert.equal(nothingActive(false, 0), "Loading the active alerts");
  assert.equal(nothingActive(true, 0), "Nothing is wrong now");
  assert.equal(nothingActive(true, 2), "No active alert matches");
});
