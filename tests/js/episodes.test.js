import assert from "node:assert/strict";
import { test } from "node:test";

import * as episodes from "../../static/js/episodes.js";

const MINUTE_MS = 60_000;
const NOON = new Date(2026, 2, 10, 12).getTime();
const episode = (changes = {}) => ({
  eventId: "e",
  serverUrl: "ssh://nas",
  hostname: "nas",
  kind: "mem",
  item: "",
  type: "memory",
  severity: "critical",
  subject: "[ALERT] nas memory high",
  message: "Memory used 85.0%",
  triggeredAt: NOON - 12 * MINUTE_MS,
  resolvedAt: null,
  resolution: "",
  isActive: true,
  ...changes,
});
const over = (changes = {}) => episode({ isActive: false, resolvedAt: NOON, resolution: "recovered", ...changes });
const SERVER = {
  metrics: {
    memory: { used: 85.04 },
    cpu: null,
    disks: [{ mount: "/", used: 50 }, { mount: "/srv", used: 91.4 }],
    processes: [{ name: "java", pid: 7, rssBytes: 2_000_000_000, used: 12 }],
  },
};
const shown = (quantity) => quantity && `${quantity.value} ${quantity.unit}`;

test("an episode lasted until its end, and an active one lasts until now", () => {
  assert.equal(episodes.lasted(over(), NOON + 99 * MINUTE_MS), "12 min");
  assert.equal(episodes.lasted(episode(), NOON + 48 * MINUTE_MS), "1 h");
  assert.equal(episodes.lasted(over({ resolvedAt: null }), NOON), "");
  assert.equal(episodes.lasted(over({ triggeredAt: null }), NOON), "");
});

test("the value of now is that of what the alert is about", () => {
  const of = (kind, item = "") => shown(episodes.valueNow(episode({ kind, item }), SERVER));
  assert.equal(of("mem"), "85.0 %");
  assert.equal(of("disk", "/srv"), "91.4 %");
  assert.equal(of("proc", "7"), "12.0 %");
  for (const [kind, item] of [["cpu"], ["disk", "/gone"], ["host"], ["constructor"]]) {
    assert.equal(of(kind, item), null, kind);
  }
  assert.equal(episodes.valueNow(over(), SERVER), null);
  assert.equal(episodes.valueNow(episode(), undefined), null);
});

test("the largest process is named while memory is short", () => {
  assert.equal(episodes.largestProcess(episode(), SERVER), "java (7), 2.0 GB");
  assert.equal(episodes.largestProcess(over(), SERVER), "");
  assert.equal(episodes.largestProcess(episode({ kind: "disk" }), SERVER), "");
});

test("days have names near now, and dates before", () => {
  const at = (...date) => new Date(...date).getTime();
  assert.equal(episodes.dayWord(at(2026, 2, 10), NOON), "Today");
  assert.equal(episodes.dayWord(at(2026, 2, 9, 0, 1), NOON), "Yesterday");
  assert.equal(episodes.dayWord(at(2026, 2, 8, 23, 59), NOON), "Sunday, March 8, 2026");
});

test("episodes lie on the days on which they began, in their order", () => {
  const began = [0, -1, -13, -14, -60].map((hours) => over({ eventId: hours, triggeredAt: NOON + hours * 60 * MINUTE_MS }));
  assert.deepEqual(
    episodes.byDay(began).map((day) => day.episodes.map((one) => one.eventId)),
    [[0, -1], [-13, -14], [-60]],
  );
});

test("what is not known is no fact", () => {
  const terms = (one) => Object.fromEntries(episodes.facts(one, SERVER, NOON));
  const active = terms(episode());
  assert.equal(active.Ended, "Still active");
  assert.equal(active.Now, "85.0 %");
  assert.ok(!("How it ended" in active) && !("About" in active));
  const ended = terms(over({ kind: "disk", item: "/srv", type: "disk", resolution: "gone", message: "" }));
  assert.deepEqual(
    [ended.What, ended.Kind, ended.About, ended["How it ended"], ended.Lasted],
    ["nas memory high", "Disk", "/srv", "What it was about is gone", "12 min"],
  );
  assert.ok(!("Now" in ended));
});

test("words that this page does not know are shown as they are", () => {
  assert.equal(episodes.typeWord({ type: "fan" }), "fan");
  assert.equal(episodes.severityWord({ severity: "odd" }), "odd");
  assert.equal(episodes.endWord({ resolution: "else" }), "Over");
});
