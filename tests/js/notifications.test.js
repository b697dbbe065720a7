import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { noteOf, outcomeOf, readMinutes, reasonOf, stateOf, whenOf } from "../../static/js/notifications.js";
import { readNotifications, readChannelTest } from "../../static/js/answers.js";

const NOW = Date.parse("2026-01-01T12:00:00Z");
const golden = JSON.parse(readFileSync(new URL("../golden/notifications.json", import.meta.url)));
const [delayed, sent] = readNotifications(golden).deliveries;

test("what REST shows is read, and what it does not is bounded", () => {
  const { channels, deliveries, total } = readNotifications(golden);
  assert.deepEqual(channels[1], {
    name: "discord",
    service: "discord",
    target: "discord://***",
    isOn: true,
    minSeverity: "warning",
  });
  assert.equal(deliveries.length, 2);
  assert.equal(total, 21);
  assert.equal(delayed.dueAt, NOW + 10_000);
  assert.equal(sent.kind, "recovery");
  assert.deepEqual(readNotifications(null), {
    channels: [],
    cooldownMinutes: null,
    deliveries: [],
    total: 0,
  });
  const odd = readNotifications({ data: { channels: [{ is_on: false, min_severity: "fatal" }] } });
  assert.deepEqual([odd.channels[0].isOn, odd.channels[0].minSeverity], [false, "warning"]);
  const hostile = readNotifications({ data: { deliveries: [{ subject: "a\u202e\n", attempts: "x" }] } });
  assert.equal(hostile.deliveries[0].subject, "a\ufffd\ufffd");
  assert.equal(hostile.deliveries[0].attempts, 0);
});

test("minutes are whole and not more than a day", () => {
  assert.deepEqual(readMinutes("0"), { minutes: 0 });
  assert.deepEqual(readMinutes(" 1440 "), { minutes: 1440 });
  for (const odd of ["", " ", "-1", "1441", "1.5", "x", "1e9"]) assert.match(readMinutes(odd).problem, /whole number/);
});

test("each state has a word and a mark of its own", () => {
  assert.deepEqual(stateOf(sent), { word: "Sent", mark: "online" });
  assert.deepEqual(stateOf(delayed), { word: "Trying again", mark: "warning" });
  assert.deepEqual(stateOf({ ...delayed, attempts: 0 }), { word: "Waiting", mark: "offline" });
  assert.deepEqual(stateOf({ ...sent, state: "failed" }), { word: "Given up", mark: "alert" });
  assert.deepEqual(stateOf({ ...sent, state: "skipped" }), { word: "Not sent", mark: "offline" });
  assert.deepEqual(stateOf({ ...sent, state: "flown" }), { word: "Unknown", mark: "offline" });
});

test("a reason says why and when it is tried again", () => {
  const error = "The service answered 429 (Too Many Requests)";
  assert.equal(reasonOf(sent, NOW), "");
  assert.equal(reasonOf(delayed, NOW), `${error}, next try in 10 s`);
  assert.equal(reasonOf(delayed, NOW + 60_000), `${error}, next try now`);
  assert.equal(reasonOf({ ...delayed, state: "failed" }, NOW), `${error}, after 2 attempts`);
  assert.equal(reasonOf({ ...delayed, state: "skipped" }, NOW), error);
});

test("the time is that of the end, or of the event while there is none", () => {
  assert.equal(whenOf(sent, sent.finishedAt + 3000), "3 s ago");
  assert.equal(whenOf(delayed, delayed.happenedAt + 120_000), "2 min ago");
  assert.equal(whenOf(delayed, delayed.happenedAt - 5000), "0 s ago");
  assert.equal(whenOf({ ...delayed, happenedAt: null }, NOW), "");
});

test("a test says what happened in words", () => {
  assert.equal(outcomeOf(null).word, "Sending");
  assert.equal(outcomeOf(readChannelTest({ data: { sent: true, error: null } })).word, "Sent");
  assert.deepEqual(outcomeOf(readChannelTest({ data: { sent: false, error: "the login was refused." } })), {
    word: "Not sent:",
    mark: "alert",
    text: "the login was refused",
  });
  assert.equal(outcomeOf(readChannelTest({})).text, "nobody said why");
});

test("the note says what is missing, and nothing when all is there", () => {
  const all = { isLoaded: true, error: "", channels: [{}] };
  assert.equal(noteOf(all), "");
  assert.equal(noteOf({ ...all, isLoaded: false }), "Loading");
  assert.equal(noteOf({ ...all, error: "It broke." }), "It broke. Trying again by itself.");
  assert.match(noteOf({ ...all, channels: [] }), /^Nobody is told of alerts yet/);
});
