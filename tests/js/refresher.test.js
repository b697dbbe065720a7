import assert from "node:assert/strict";
import { test } from "node:test";

import { Refresher } from "../../static/js/refresher.js";
import { ServerClock } from "../../static/js/server-clock.js";
import { ManualTimers } from "./timers.js";

function bench(load) {
  const timers = new ManualTimers();
  const seen = { done: 0, errors: [] };
  const reader = { isThere: true };
  const refresher = new Refresher(load, {
    gapMs: 500,
    retryMs: 4000,
    timers,
    isWanted: () => reader.isThere,
    onDone: () => (seen.done += 1),
    onError: (error) => seen.errors.push(error.message),
  });
  return { refresher, timers, seen, reader };
}

test("many requests at once are answered by two runs", async () => {
  const { refresher, timers, seen } = bench(async () => {});
  for (let i = 0; i < 50; i += 1) refresher.request();
  await timers.advance(400);
  assert.equal(seen.done, 1);
  await timers.advance(10_000);
  assert.equal(seen.done, 2);
});

test("a failed run is tried again by itself until it succeeds", async () => {
  let failures = 2;
  const { refresher, timers, seen } = bench(async () => {
    failures -= 1;
    if (failures >= 0) throw new Error("500");
  });
  refresher.request();
  await timers.advance(20_000);
  assert.deepEqual(seen, { done: 1, errors: ["500", "500"] });
});

test("what nobody wants is neither run nor made up for, and one request brings it back", async () => {
  const { refresher, timers, seen, reader } = bench(async () => {});
  reader.isThere = false;
  for (let i = 0; i < 50; i += 1) refresher.request();
  await timers.advance(10_000);
  reader.isThere = true;
  await timers.advance(10_000);
  assert.equal(seen.done, 0);
  refresher.request();
  await timers.advance(10_000);
  assert.equal(seen.done, 1);
});

test("a failed run is not tried again for nobody", async () => {
  const { refresher, timers, seen, reader } = bench(async () => {
    throw new Error("500");
  });
  refresher.request();
  reader.isThere = false;
  await timers.advance(20_000);
  assert.deepEqual(seen, { done: 0, errors: ["500"] });
});

test("the server's clock is kept apart from this machine's", () => {
  let now = 1_000_000;
  const clock = new ServerClock(() => now);
  clock.observe(5_000_000);
  now += 2000;
  assert.equal(clock.now(), 5_002_500);
});
