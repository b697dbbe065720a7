import assert from "node:assert/strict";
import { test } from "node:test";

import * as alerts from "../../static/js/alerts.js";

const alert = (eventId, severity, hostname, more = {}) => ({
  eventId,
  severity,
  hostname,
  serverId: hostname,
  subject: `[ALERT] ${hostname} memory high`,
  message: "Memory used 85.0%",
  triggeredAt: 0,
  kind: "mem",
  item: "",
  ...more,
});
const nameOf = (alert) => alert.hostname;

test("the severest come first, then by the name shown as people count, then the oldest", () => {
  const names = { a: "nas10", b: "nas2", c: "nas2", z: "nas1" };
  const list = [
    alert(1, "warning", "z"),
    alert(2, "critical", "a"),
    alert(3, "critical", "b", { triggeredAt: 9 }),
    alert(4, "critical", "c", { triggeredAt: 5 }),
  ];
  assert.deepEqual(alerts.sorted(list, (a) => names[a.hostname]).map((a) => a.eventId), [4, 3, 2, 1]);
});

test("an unknown severity comes last and is still shown", () => {
  const list = [alert(1, "odd", "a"), alert(2, "warning", "a")];
  assert.deepEqual(alerts.sorted(list, nameOf).map((a) => a.eventId), [2, 1]);
});

test("a part of a server is marked by its own alert alone", () => {
  const list = [alert(1, "critical", "a", { kind: "disk", item: "/var" })];
  assert.equal(alerts.markFor(list, ["disk", "inode"], "/var"), "alert");
  assert.equal(alerts.markFor(list, ["disk", "inode"], "/"), "");
  assert.equal(alerts.markFor(list, ["mem"]), "");
});

test("a memory alert names the process that is the largest now, and says that it is of now", () => {
  const processes = [{ name: "chromium", pid: 18154, rssBytes: 220_000_000 }, { name: "sshd" }];
  const server = { metrics: { processes } };
  const memory = alert(1, "critical", "a");
  assert.equal(alerts.culprit(memory, server), "; largest process now: chromium (18154), 220 MB");
  const unsized = { metrics: { processes: [{ ...processes[0], rssBytes: null }] } };
  assert.equal(alerts.culprit(memory, unsized), "; largest process now: chromium (18154)");
  assert.equal(alerts.culprit(memory, { metrics: null }), "");
  assert.equal(alerts.culprit(memory, undefined), "");
  assert.equal(alerts.culprit(alert(2, "critical", "a", { kind: "cpu" }), server), "");
  assert.equal(alerts.culprit(memory, { ...server, status: "warning" }), alerts.culprit(memory, server));
});

test("of a server that is offline nobody knows which process is the largest now", () => {
  const metrics = { processes: [{ name: "chromium", pid: 18154, rssBytes: 220_000_000 }] };
  assert.equal(alerts.culprit(alert(1, "critical", "a"), { status: "offline", metrics }), "");
});

test("the subject is shown without its bracket", () => {
  assert.equal(alerts.plainSubject("[RECOVERED] a CPU"), "a CPU");
  assert.equal(alerts.plainSubject("[TEST] a CPU"), "[TEST] a CPU");
});
