import assert from "node:assert/strict";
import { test } from "node:test";

import { NO_TOASTS, addToast, changes, dismissToast, expireToasts, lastToasts, named, prolongToasts } from "../../static/js/toasts.js";

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
const foundNews = (subject, kind = "alert") => ({ ...news(subject, kind), isFound: true });
const add = (...told) => told.reduce((toasts, item) => addToast(toasts, item, 0), NO_TOASTS);
const subjects = (toasts) => toasts.items.map((toast) => toast.subject);

test("episodes that began and ended between two lists are news", () => {
  const before = [alert(1, "critical", "a"), alert(2, "critical", "b")];
  const after = [alert(2, "critical", "b"), alert(3, "critical", "c")];
  assert.deepEqual(
    changes(before, after).map(({ kind, subject }) => [kind, subject]),
    [["alert", "[ALERT] c memory high"], ["recovery", "[ALERT] a memory high"]],
  );
});

test("no more toasts are up than fit, and the dropped ones are counted", () => {
  let toasts = NO_TOASTS;
  for (let i = 0; i < 1000; i += 1) toasts = addToast(toasts, news(`${i}`), 0);
  assert.deepEqual(subjects(toasts), ["997", "998", "999"]);
  assert.equal(toasts.dropped, 997);
});

test("the same news is one toast that counts, its recovery beside it", () => {
  const toasts = add(news("a"), news("a"), news("a", "recovery"), news("a"));
  assert.deepEqual(
    toasts.items.map(({ kind, times }) => [kind, times]),
    [["alert", 3], ["recovery", 1]],
  );
});

test("a toast that counts lives as long as a new one, where it was, in the newest words", () => {
  let toasts = add(news("a"), news("b"));
  toasts = addToast(toasts, { ...news("a"), message: "91 %" }, 15_000);
  assert.deepEqual(toasts.items.map((toast) => toast.message), ["91 %", ""]);
  assert.deepEqual(subjects(expireToasts(toasts, 34_999)), ["a"]);
  assert.deepEqual(subjects(expireToasts(toasts, 35_000)), []);
});

test("an episode that is pushed and found happened once, whichever comes first", () => {
  const [pushed, found] = [news("a"), foundNews("a")];
  for (const [told, times] of [
    [[pushed, found], 1],
    [[found, pushed], 1],
    [[pushed, pushed, found, found], 2],
    [[found, found], 2],
    [[pushed, found, found], 2],
  ]) {
    assert.deepEqual(add(...told).items.map((toast) => toast.times), [times]);
  }
});

test("what is found beside what was pushed neither renews nor rewords it", () => {
  const pushed = add({ ...news("a", "recovery"), message: "Memory back to 65 %" });
  const toasts = addToast(pushed, foundNews("a", "recovery"), 9000);
  assert.deepEqual(toasts.items.map((toast) => toast.message), ["Memory back to 65 %"]);
  assert.deepEqual(subjects(expireToasts(toasts, 10_000)), []);
});

test("what the change of two lists tells is marked as found", () => {
  const found = changes([alert(1, "critical", "a")], [alert(2, "critical", "b")]);
  assert.deepEqual(found.map((item) => item.isFound), [true, true]);
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
    const told = [news(pushed, "recovery"), foundNews(found, "recovery")];
    assert.deepEqual(subjects(add(...told)), [pushed]);
    assert.deepEqual(subjects(add(...told.toReversed())), [pushed]);
    assert.equal(add(...told).items[0].times, 1);
  });
}

test("two disks of one server are two news", () => {
  let toasts = addToast(NO_TOASTS, news("[ALERT] nas disk / high"), 0);
  toasts = addToast(toasts, news("[ALERT] nas disk /srv high"), 0);
  assert.equal(toasts.items.length, 2);
});

test("toasts expire, alerts later than recoveries", () => {
  let toasts = addToast(NO_TOASTS, news("a"), 0);
  toasts = addToast(toasts, news("b", "recovery"), 0);
  assert.deepEqual(subjects(expireToasts(toasts, 10_000)), ["a"]);
  assert.deepEqual(subjects(expireToasts(toasts, 20_000)), []);
});

test("dismissing takes away the one toast and the count with the last", () => {
  let toasts = NO_TOASTS;
  for (const subject of ["a", "b", "c", "d", "e"]) toasts = addToast(toasts, news(subject), 0);
  toasts = dismissToast(toasts, toasts.items[0].key);
  assert.deepEqual([subjects(toasts), toasts.dropped], [["d", "e"], 2]);
  for (const { key } of toasts.items) toasts = dismissToast(toasts, key);
  assert.equal(toasts.dropped, 0);
});

test("what can still be undone neither merges, gives way nor outlasts its time", () => {
  const action = { label: "Undo", run: () => {} };
  const undo = (name) => ({ kind: "notice", subject: `${name} was deleted`, message: "", lastsMs: 14_000, action });
  let toasts = [undo("nas"), undo("nas")].reduce((all, one) => addToast(all, one, 0), NO_TOASTS);
  assert.equal(toasts.items.length, 2);
  for (let i = 0; i < 6; i++) toasts = addToast(toasts, { kind: "alert", subject: `s${i}`, message: "" }, 0);
  assert.deepEqual(toasts.items.map(({ subject }) => subject), ["nas was deleted", "nas was deleted", "s5"]);
  assert.equal(toasts.dropped, 5);
  assert.equal(lastToasts(toasts.items, 2).filter((one) => one.action).length, 2);
  assert.equal(expireToasts(toasts, 13_999, true).items.length, 3);
  assert.deepEqual(expireToasts(toasts, 30_000, true).items.map(({ subject }) => subject), ["s5"]);
});

test("an alert that is over is told as that alone", () => {
  const raised = { ...news("[ALERT] a memory high"), eventId: "1" };
  const others = { ...news("[ALERT] b memory high"), eventId: "2" };
  const over = { ...news("[RECOVERED] a memory", "recovery"), eventId: "1" };
  assert.deepEqual(subjects(add(raised, others, over)), ["[ALERT] b memory high", "[RECOVERED] a memory"]);
});

test("an alert whose words several episodes share stays until it leaves by itself", () => {
  const raised = (eventId) => ({ ...news("[ALERT] a memory high"), eventId });
  const over = { ...news("[RECOVERED] a memory", "recovery"), eventId: "1" };
  assert.deepEqual(add(raised("1"), raised("2"), over).items.length, 2);
});

test("what was told while nobody looked can still be read by who comes back", () => {
  const told = prolongToasts(add(news("a")), 25_000);
  assert.deepEqual(subjects(expireToasts(told, 24_999)), ["a"]);
  assert.deepEqual(subjects(expireToasts(told, 25_000)), []);
});

test("news of a server that is known call it by its name", () => {
  const news = { kind: "alert", subject: "[ALERT] vm memory high", message: "m" };
  const server = { name: "nas", metrics: { hostname: "vm" } };
  assert.equal(named(news, server).title, "nas memory high");
  assert.equal(named({ ...news, subject: "[RECOVERED] vm memory" }, server).title, "nas memory");
  for (const other of [undefined, { ...server, metrics: null }, { ...server, metrics: { hostname: "v" } }]) {
    assert.equal(named(news, other).title, "vm memory high");
  }
});

test("two servers with one host name are two toasts, and one that nobody knows of is either's", () => {
  const of = (serverId) => ({ ...news("[ALERT] vm memory high"), serverId });
  assert.equal(add(of("a"), of("b")).items.length, 2);
  assert.deepEqual(add(of("a"), of(undefined), of("a")).items.map(({ times }) => times), [3]);
});
