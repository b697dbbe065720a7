import assert from "node:assert/strict";
import { test } from "node:test";

import { lazily, surely } from "../../static/js/lazily.js";

// Fails so many times, then gives a module.
function flaky(failures) {
  const load = async () => {
    load.asked += 1;
    if (load.asked <= failures) throw new Error("lost");
    return { name: "there" };
  };
  load.asked = 0;
  return load;
}

test("what is lost is asked for until it comes, less and less often and never seldom", async () => {
  const waits = [];
  const found = await surely(flaky(6), async (ms) => waits.push(ms));
  assert.deepEqual(found, { name: "there" });
  assert.deepEqual(waits, [1000, 2000, 4000, 8000, 10_000, 10_000]);
});

test("many who want it for good are one who asks, and each of them gets it", async () => {
  const load = flaky(0);
  const get = lazily(load, [], ({ name }) => ({ made: name }));
  assert.equal(get.made(), null);
  const [one, other, third] = await Promise.all([get.surely(), get.surely(), get()]);
  assert.deepEqual([one, other === one, third === one], [{ made: "there" }, true, true]);
  assert.equal(load.asked, 1);
  assert.equal(get.made(), one);
});

test("who asks but once is told that it failed, and the next one has it loaded anew", async () => {
  const load = flaky(1);
  const get = lazily(load, []);
  await assert.rejects(get(), /lost/);
  assert.equal(get.made(), null);
  assert.deepEqual(await get(), { name: "there" });
});
