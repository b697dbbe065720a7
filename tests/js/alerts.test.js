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
const news = (subject, kind = "alert") => ({ kind, subject, message: "" });
const subjects = (toasts) => toasts.items.map((toast) => toast.subject);

test("the severest come first, then by host name", () => {
  const list = [alert(1, "warning", "a"), alert(2, "critical", "z"), alert(3, "critical", "b")];
  assert.deepEqual(alerts.sorted(list).map((a) => a.eventId), [3, 2, 1]);
});

test("an unknown severity comes last and is still shown", () => {
  const list = [alert(1, "odd", "a"), alert(2, "warning", "a")];
  assert.deepEqual(alerts.sorted(list).map((a) => a.eventId), [2, 1]);
});

test("a part of a server is marked by its own alert alone", () => {
  const list = [alert(1, "critical", "a", { kind: "disk", item: "/var" })];
  assert.equal(alerts.markFor(list, ["disk", "inode"], "/var"), "alert");
  assert.equal(alerts.markFor(list, ["disk", "inode"], "/"), "");
  assert.equal(alerts.markFor(list, ["mem"]), "");
});

test("episodes that began and ended between two lists are news", () => {
  const before = [alert(1, "critical", "a"), alert(2, "critical", "b")];
  const after = [alert(2, "critical", "b"), alert(3, "critical", "c")];
  assert.deepEqual(
    alerts.changes(before, after).map(({ kind, subject }) => [kind, subject]),
    [["alert", "[ALERT] c memory high"], ["recovery", "[ALERT] a memory high"]],
  );
});

test("the subject is shown without its bracket", () => {
  assert.equal(alerts.plainSubject("[RECOVERED] a CPU"), "a CPU");
  assert.equal(alerts.plainSubject("[TEST] a CPU"), "[TEST] a CPU");
});

test("no more toasts are up than fit, and the dropped ones are counted", () => {
  let toasts = alerts.NO_TOASTS;
  for (let i = 0; i < 1000; i += 1) toasts = alerts.addToast(toasts, news(`${i}`), 0);
  assert.deepEqual(subjects(toasts), ["996", "997", "998", "999"]);
  assert.equal(toasts.dropped, 996);
});

test("the same news is up once, its recovery beside it", () => {
  let toasts = alerts.addToast(alerts.NO_TOASTS, news("a"), 0);
  toasts = alerts.addToast(toasts, news("a"), 1);
  toasts = alerts.addToast(toasts, news("a", "recovery"), 2);
  assert.deepEqual(toasts.items.map((toast) => toast.kind), ["alert", "recovery"]);
});

for (const [pushed, found] of [
  ["[RECOVERED] nas memory", "[ALERT] nas memory high"],
  ["[RECOVERED] nas CPU", "[ALERT] nas CPU high"],
  ["[RECOVERED] nas disk /srv", "[ALERT] nas disk /srv high"],
  ["[RECOVERED] nas proc java(7) RAM", "[ALERT] nas proc java(7) RAM high"],
  ["[RECOVERED] nas online", "[ALERT] nas offline"],
  ["[RECOVERED] nas authentication", "[ALERT] nas authentication failed"],
  ["[RECOVERED] nas host key", "[ALERT] nas host key changed"],
]) {
  test(`a recovery that was pushed and found is up once: ${pushed}`, () => {
    let toasts = alerts.addToast(alerts.NO_TOASTS, news(pushed, "recovery"), 0);
    toasts = alerts.addToast(toasts, news(found, "recovery"), 1);
    assert.deepEqual(subjects(toasts), [pushed]);
  });
}

test("two disks of one server are two news", () => {
  let toasts = alerts.addToast(alerts.NO_TOASTS, news("[ALERT] nas disk / high"), 0);
  toasts = alerts.addToast(toasts, news("[ALERT] nas disk /srv high"), 0);
  assert.equal(toasts.items.length, 2);
});

test("toasts expire, alerts later than recoveries", () => {
  let toasts = alerts.addToast(alerts.NO_TOASTS, news("a"), 0);
  toasts = alerts.addToast(toasts, news("b", "recovery"), 0);
  assert.deepEqual(subjects(alerts.expireToasts(toasts, 10_000)), ["a"]);
  assert.deepEqual(subjects(alerts.expireToasts(toasts, 20_000)), []);
});

test("dismissing takes away the one toast and the count with the last", () => {
  let toasts = alerts.NO_TOASTS;
  for (const subject of ["a", "b", "c", "d", "e"]) toasts = alerts.addToast(toasts, news(subject), 0);
  toasts = alerts.dismissToast(toasts, toasts.items[0].key);
  assert.deepEqual([subjects(toasts), toasts.dropped], [["c", "d", "e"], 1]);
  for (const { key } of toasts.items) toasts = alerts.dismissToast(toasts, key);
  assert.equal(toasts.dropped, 0);
});
