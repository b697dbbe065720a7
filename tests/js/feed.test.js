import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Feed } from "../../static/js/feed.js";
import { readFrame, readKeyed } from "../../static/js/wire.js";

class Page {
  sent = [];
  states = null;
  alerts = null;
  heard = [];

  subscribe = () => this.sent.push("subscribe");
  resume = (epoch, seq) => this.sent.push(["resume", epoch, seq]);
  replace = (states, alerts) => {
    this.states = new Map(states);
    this.alerts = alerts;
  };
  change = (states) => {
    for (const [id, state] of states) {
      if (state === null) this.states.delete(id);
      else this.states.set(id, state);
    }
  };
  news = (news, alert) => this.heard.push([news, alert]);
}

const hello = (seq, epoch = "e") => ({ kind: "hello", epoch, seq });
const snapshot = (seq, states, epoch = "e") => ({
  kind: "snapshot",
  epoch,
  seq,
  states: new Map(Object.entries(states)),
  alerts: ["active"],
});
const delta = (seq, patches, epoch = "e") => ({
  kind: "delta",
  epoch,
  seq,
  patches: new Map(Object.entries(patches)),
});
const news = (seq, epoch = "e") => ({ kind: "news", epoch, seq, news: `news ${seq}`, alert: `alert ${seq}` });

function begun(...frames) {
  const page = new Page();
  const feed = new Feed(page);
  for (const frame of [hello(1), snapshot(1, { a: { cpu: 1, disks: { "/": 1 } } }), ...frames]) {
    feed.take(frame);
  }
  return { page, feed, shown: () => Object.fromEntries(page.states) };
}

test("a greeting is answered by asking for everything, once", () => {
  const page = new Page();
  const feed = new Feed(page);
  feed.take(hello(1));
  feed.take(delta(2, { a: {} }));
  assert.deepEqual([page.sent, feed.isSynced], [["subscribe"], false]);
  feed.take(snapshot(2, { a: {} }));
  assert.deepEqual([page.alerts, feed.isSynced], [["active"], true]);
});

test("where somebody has subscribed before, nobody asks again until that is answered", () => {
  const page = new Page();
  const feed = new Feed(page, true);
  feed.take(hello(1));
  feed.take(delta(2, { a: {} }));
  assert.deepEqual(page.sent, []);
  feed.take(snapshot(2, { a: {} }));
  assert.deepEqual([page.alerts, feed.isSynced], [["active"], true]);
  feed.take({ ...delta(3, { a: {} }), epoch: "another" });
  assert.deepEqual(page.sent, ["subscribe"]);
});

test("patches are applied in order: changes, new servers, servers that are gone", () => {
  const { shown } = begun(
    delta(2, { a: { cpu: 2, disks: { "/": null, "/srv": 3 } }, b: { cpu: 9 } }),
    delta(5, { b: null }),
  );
  assert.deepEqual(shown(), { a: { cpu: 2, disks: { "/srv": 3 } } });
});

test("what a snapshot held already changes nothing, and its alerts are told but not listed", () => {
  const { page, feed, shown } = begun();
  feed.take(snapshot(9, { a: { cpu: 9 } }));
  feed.take(delta(8, { a: { cpu: 8 } }));
  feed.take(news(7));
  feed.take(news(7));
  feed.take(news(10));
  assert.deepEqual(shown(), { a: { cpu: 9 } });
  assert.deepEqual(page.heard, [["news 7", null], ["news 10", "alert 10"]]);
});

test("a snapshot of an earlier point is believed, and what follows it is applied again", () => {
  const { shown } = begun(delta(5, { a: { cpu: 5 } }), snapshot(3, { a: { cpu: 3 } }), delta(5, { a: { cpu: 5 } }));
  assert.deepEqual(shown(), { a: { cpu: 5 } });
});

test("after a lost socket only what was missed is asked for", () => {
  const { page, feed, shown } = begun(delta(4, { a: { cpu: 4 } }));
  feed.lost();
  assert.equal(feed.isSynced, false);
  feed.take(hello(6));
  assert.deepEqual([page.sent.at(-1), feed.isSynced], [["resume", "e", 4], true]);
  feed.take(news(5));
  feed.take(delta(6, { a: { cpu: 6 } }));
  assert.deepEqual(shown().a.cpu, 6);
  assert.deepEqual(page.heard, [["news 5", "alert 5"]]);
});

test("a monserv that has started again is asked for everything", () => {
  const { page, feed, shown } = begun();
  feed.lost();
  feed.take(hello(0, "new"));
  assert.equal(page.sent.at(-1), "subscribe");
  feed.take(snapshot(0, { b: { cpu: 1 } }, "new"));
  feed.take(news(1, "new"));
  assert.deepEqual(shown(), { b: { cpu: 1 } });
  assert.deepEqual(page.heard, [["news 1", "alert 1"]]);
});

test("a delta of another epoch does not fit: a snapshot is asked for, once, and heals it", () => {
  const { page, feed, shown } = begun(delta(2, { a: { cpu: 2 } }, "other"), delta(3, {}, "other"));
  assert.deepEqual(page.sent, ["subscribe", "subscribe"]);
  assert.equal(shown().a.cpu, 1);
  feed.take(snapshot(3, { a: { cpu: 3 } }, "other"));
  feed.take(delta(4, { a: { cpu: 4 } }, "other"));
  assert.deepEqual(shown(), { a: { cpu: 4 } });
});

test("a question that was an error may be asked again", () => {
  const { page, feed } = begun();
  feed.ask();
  feed.ask();
  feed.take({ kind: "error", epoch: "e", seq: 1, code: "x", message: "" });
  feed.ask();
  assert.deepEqual(page.sent, ["subscribe", "subscribe", "subscribe"]);
});

const golden = (name) => readFileSync(new URL(`../golden/${name}.json`, import.meta.url), "utf8");

test("the golden conversation: what it says of servers and alerts is what is known at its end", () => {
  const page = new Page();
  const feed = new Feed(page);
  for (const name of ["hello", "snapshot", "alert", "recovery", "error", "delta"]) {
    feed.take(readFrame(golden(`v2_${name}`)));
  }
  assert.deepEqual(page.sent, ["subscribe"]);
  assert.deepEqual(page.heard.map(([{ kind, subject }, { isActive }]) => [kind, subject, isActive]), [
    ["alert", "[ALERT] scadanas memory high", true],
    ["recovery", "[RECOVERED] scadanas memory", false],
  ]);
  const { servers } = JSON.parse(golden("v2_snapshot"));
  assert.deepEqual([...page.states.keys()], Object.keys(servers).filter((id) => id !== "mail"));
  const { status, metrics } = readKeyed("scadanas", page.states.get("scadanas"));
  assert.equal(status, "online");
  assert.equal(metrics.cpu.used, 99.9);
  assert.equal(metrics.cpu.cores, 4);
  assert.deepEqual(metrics.disks.map(({ mount }) => mount), ["/"]);
  assert.deepEqual(metrics.processes.map(({ pid, name }) => [pid, name]), [[4321, "java"]]);
  assert.equal(metrics.network, null);
  assert.equal(metrics.takenAt, Date.parse("2026-01-01T12:00:04Z"));
});
