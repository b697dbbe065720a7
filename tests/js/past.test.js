import assert from "node:assert/strict";
import { test } from "node:test";

import { PAGE, Past } from "../../static/js/past.js";

// A journal as the API answers from it, newest first; `began` are milliseconds.
function journal(...began) {
  const kept = began.map((triggeredAt, i) => ({ eventId: `e${i}`, triggeredAt }));
  const asked = [];
  const load = async ({ size, page, before }) => {
    asked.push({ size, page, before });
    const found = kept
      .filter((one) => before === null || one.triggeredAt <= before)
      .toSorted((a, b) => b.triggeredAt - a.triggeredAt);
    return { alerts: found.slice((page - 1) * size, page * size), total: found.length };
  };
  return { kept, asked, load };
}
const count = (n, of = (i) => 1000 - i) => Array.from({ length: n }, (_, i) => of(i));

test("nothing is known before the first answer", () => {
  const past = new Past(journal().load);
  assert.deepEqual([past.episodes, past.total, past.hasOlder], [[], null, false]);
});

test("a journal that is read to its end is whole, without doubles, in order", async () => {
  const past = new Past(journal(...count(130)).load);
  await past.refresh();
  assert.deepEqual([past.episodes.length, past.total, past.hasOlder], [PAGE, 130, true]);
  await past.older();
  await past.older();
  assert.deepEqual(past.episodes.map((one) => one.triggeredAt), count(130));
  assert.equal(past.hasOlder, false);
});

test("what begins while somebody pages back neither hides nor repeats anything", async () => {
  const { kept, load } = journal(...count(120));
  const past = new Past(load);
  await past.refresh();
  for (let i = 0; i < 7; i += 1) kept.push({ eventId: `new${i}`, triggeredAt: 2000 + i });
  await past.older();
  await past.older();
  assert.equal(past.hasOlder, false);
  await past.refresh();
  assert.equal(past.episodes.length, 127);
  assert.equal(new Set(past.episodes.map((one) => one.eventId)).size, 127);
});

test("more of one instant than fit on a page are all found", async () => {
  const past = new Past(journal(...count(170, () => 5), 4).load);
  await past.refresh();
  for (let i = 0; i < 5 && past.hasOlder; i += 1) await past.older();
  assert.equal(past.episodes.length, 171);
});

test("an episode that is over now and began long ago is in its place", async () => {
  const { kept, load } = journal(...count(60));
  const past = new Past(load);
  await past.refresh();
  kept.push({ eventId: "long", triggeredAt: 990.5 });
  await past.refresh();
  assert.equal(past.episodes.findIndex((one) => one.eventId === "long"), 10);
  assert.deepEqual([past.episodes.length, past.total], [51, 61]);
});

test("no question asks for more than the API gives, and what was loaded stays", async () => {
  const { asked, load } = journal(...count(1500, (i) => 5000 - i));
  const past = new Past(load);
  await past.refresh();
  for (let i = 0; i < 25; i += 1) await past.older();
  await past.refresh();
  assert.equal(asked.at(-1).size, 1000);
  // A page overlaps the one before by what began within the same millisecond, or one more.
  assert.equal(past.episodes.length, 50 + 25 * 48);
});

test("older than nothing is the beginning", async () => {
  const past = new Past(journal(3, 2).load);
  await past.older();
  assert.equal(past.episodes.length, 2);
});
