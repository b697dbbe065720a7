import assert from "node:assert/strict";
import { test } from "node:test";

import { noticesNote, soundNote } from "../../static/js/here-words.js";
import { Notices } from "../../static/js/notices.js";
import { GAP_MS, Tone } from "../../static/js/tone.js";

class Context {
  currentTime = 0;
  destination = {};
  started = 0;
  constructor(state) {
    this.state = state;
  }
  resume = async () => {};
  createGain = () => ({
    gain: { setValueAtTime() {}, linearRampToValueAtTime() {}, exponentialRampToValueAtTime() {} },
    connect: (to) => to,
  });
  createOscillator = () => ({
    frequency: {},
    connect: (to) => to,
    start: () => (this.started += 1),
    stop() {},
  });
}

function tone(state = "running") {
  const kept = new Map();
  const memory = { recall: (name) => kept.get(name) ?? null, remember: (name, text) => kept.set(name, text) };
  const world = { context: new Context(state), nowMs: 1_000_000 };
  const make = () => new Tone(() => world.context, memory, () => world.nowMs);
  return { world, make, made: make() };
}

test("a storm is one tone, on all pages of this browser", async () => {
  const { world, make, made } = tone();
  assert.equal(await made.play(), true);
  assert.equal(await made.play(), false);
  assert.equal(await make().play(), false);
  world.nowMs += GAP_MS;
  assert.equal(await made.play(), true);
  assert.equal(world.context.started, 4);
});

test("a clock that was set back does not silence the page", async () => {
  const { world, made } = tone();
  await made.play();
  world.nowMs -= 3_600_000;
  assert.equal(await made.play(), true);
});

test("who switches it on hears it at once", async () => {
  const { made } = tone();
  await made.play();
  assert.equal(await made.play(true), true);
});

test("what the browser blocks is known, and nothing is taken for heard", async () => {
  const { world, made } = tone("suspended");
  assert.equal(made.isBlocked, false);
  assert.equal(await made.play(), false);
  assert.equal(made.isBlocked, true);
  world.context.state = "running";
  assert.equal(await made.play(), true);
  assert.equal(made.isBlocked, false);
});

function notices() {
  const told = [];
  const closed = [];
  const show = (title, { body, tag }, address) => {
    told.push({ title, body, tag, address });
    return { close: () => closed.push(tag) };
  };
  return { told, closed, made: new Notices(show) };
}
const raised = (eventId, kind = "alert") => ({ kind, eventId, title: `${eventId} high`, message: "m" });

test("an alert and its end are one notification, that leads to it", () => {
  const { told, made } = notices();
  made.hear(raised("a b"));
  made.hear(raised("a b", "recovery"));
  assert.deepEqual(told.map((one) => one.title), ["Alert: a b high", "Recovered: a b high"]);
  assert.equal(new Set(told.map((one) => one.tag)).size, 1);
  assert.equal(told[0].address, "/alerts#event-a%20b");
});

test("the end of what nobody was told of is not told, nor is a notice", () => {
  const { told, made } = notices();
  made.hear(raised("a", "recovery"));
  made.hear(raised("a", "notice"));
  assert.deepEqual(told, []);
});

test("a storm is four notifications and one that counts", () => {
  const { told, made } = notices();
  for (let i = 0; i < 50; i += 1) made.hear(raised(`e${i}`));
  assert.equal(new Set(told.map((one) => one.tag)).size, 5);
  assert.deepEqual([told.at(-1).title, told.at(-1).address], ["46 more alerts", "/alerts"]);
});

test("who sees the page needs none of them, and the count begins anew", () => {
  const { told, closed, made } = notices();
  for (let i = 0; i < 6; i += 1) made.hear(raised(`e${i}`));
  made.clear();
  assert.equal(closed.length, 5);
  made.hear(raised("new"));
  assert.equal(told.at(-1).title, "Alert: new high");
});

test("what the browser does not show is not replaced", () => {
  const told = [];
  const made = new Notices((title) => (told.push(title), null));
  made.hear(raised("a"));
  made.hear(raised("a", "recovery"));
  assert.deepEqual(told, ["Alert: a high"]);
});

test("each state of the switches is told in words of its own", () => {
  const sound = (changes) => soundNote({ isOn: false, isSupported: true, isBlocked: false, ...changes });
  const notes = [{}, { isOn: true }, { isOn: true, isBlocked: true }, { isSupported: false }].map(sound);
  const state = { isOn: false, isSupported: true, isSecure: true, isForPages: true, permission: "default" };
  for (const changes of [
    {},
    { permission: "granted" },
    { permission: "granted", isOn: true },
    { permission: "denied" },
    { isSupported: false },
    { isSecure: false },
    { isForPages: false },
  ]) {
    notes.push(noticesNote({ ...state, ...changes }));
  }
  assert.equal(new Set(notes).size, notes.length);
});
