import assert from "node:assert/strict";
import { test } from "node:test";

import * as health from "../../static/js/health.js";

const INTERVAL_MS = 4000;
const server = (more = {}) => ({
  status: "online",
  reason: "",
  lastError: "",
  missedPolls: 0,
  lastUpdate: 100_000,
  metrics: { takenAt: 100_000 },
  ...more,
});

test("a fresh sample shows no age", () => {
  assert.equal(health.staleAge(server(), 108_900, INTERVAL_MS), "");
});

test("a sample that misses a poll shows its age", () => {
  assert.equal(health.staleAge(server(), 109_500, INTERVAL_MS), "9 s ago");
  assert.equal(health.staleAge(server({ missedPolls: 1 }), 108_000, INTERVAL_MS), "8 s ago");
});

test("a miss that a newer sample has healed shows no age", () => {
  const healed = server({ missedPolls: 1, metrics: { takenAt: 104_000 } });
  assert.equal(health.staleAge(healed, 105_000, INTERVAL_MS), "");
});

test("a server that was never sampled has no age", () => {
  assert.equal(health.staleAge(server({ metrics: null }), 500_000, INTERVAL_MS), "");
});

test("pending and paused are words of their own, not offline", () => {
  const words = ["pending", "paused", "unreachable"].map((reason) =>
    health.statusWord(server({ status: "offline", reason })),
  );
  assert.deepEqual(words, ["Pending", "Paused", "Offline"]);
});

test("a status and a reason from a newer server are still readable", () => {
  assert.equal(health.statusWord(server({ status: "sleeping" })), "sleeping");
  assert.equal(health.note(server({ status: "offline", reason: "disk_on_fire" }), []), "disk on fire");
});

test("the note says the cause of being offline with its error", () => {
  const down = server({ status: "offline", reason: "unreachable", lastError: "no answer in 5 s" });
  assert.equal(health.note(down, []), "Unreachable: no answer in 5 s");
});

test("the note of a server that was never sampled says why", () => {
  const never = (more) => health.note(server({ metrics: null, ...more }), []);
  assert.equal(never({ status: "offline", reason: "pending" }), "Waiting for the first sample");
  assert.equal(never({}), "No sample yet");
});

test("the note says the severest alert and how many more there are", () => {
  const alerts = [{ message: "Memory used 85.0%" }, { message: "CPU used 95.0%" }];
  assert.equal(health.note(server({ status: "alert" }), alerts), "Memory used 85.0% (and 1 more)");
});

test("a well server has nothing to say", () => {
  assert.equal(health.note(server(), []), "");
});

test("what is unknown has its reason", () => {
  assert.equal(health.whyUnknown(server(), "Load"), "Load could not be read on this server");
  const pending = server({ metrics: null, status: "offline", reason: "pending" });
  assert.equal(health.whyUnknown(pending, "Load"), "Waiting for the first sample");
});

test("a paused server has a mark of its own and nothing is wrong with it", () => {
  const paused = server({ status: "offline", reason: "paused", lastError: "no route" });
  assert.equal(health.shownStatus(paused), "paused");
  assert.equal(health.note(paused, []), "Paused until somebody resumes it");
  assert.equal(health.shownStatus(server({ status: "offline", reason: "unreachable" })), "offline");
});

test("a try at once is offered where something waits that may have been mended", () => {
  const offered = ["unreachable", "authentication_failed", "host_key_changed", "paused", "pending", ""]
    .filter((reason) => health.isWorthATry(server({ status: "offline", reason })));
  assert.deepEqual(offered, ["unreachable", "authentication_failed", "host_key_changed"]);
});

test("only a key that a person may accept is offered to be accepted", () => {
  const word = (reason) => health.acceptWord(server({ status: "offline", reason }));
  assert.equal(word("host_key_changed"), "Accept the new key…");
  assert.equal(word("host_key_unknown"), "Accept the key…");
  assert.equal(word("host_key_revoked"), "");
  assert.equal(word("unreachable"), "");
});
