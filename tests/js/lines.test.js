import assert from "node:assert/strict";
import { test } from "node:test";

import { linesOf } from "../../static/js/lines.js";

async function* inPieces(...pieces) {
  yield* pieces;
}

const all = async (pieces) => {
  const found = [];
  for await (const line of linesOf(pieces)) found.push(line);
  return found;
};

test("lines come whole, however they were cut, and empty ones not at all", async () => {
  assert.deepEqual(await all(inPieces("a\n\nb", "c\n", "\n", "d")), ["a", "bc", "d"]);
  assert.deepEqual(await all(inPieces("")), []);
});

test("a stream that cannot be iterated is read all the same", async () => {
  const stream = new ReadableStream({
    start(controller) {
      for (const piece of ["a\nb", "c\n"]) controller.enqueue(piece);
      controller.close();
    },
  });
  const plain = { getReader: () => stream.getReader() };
  assert.deepEqual(await all(plain), ["a", "bc"]);
});

test("a line without an end is an error, not a memory that fills", async () => {
  async function* endless() {
    for (;;) yield "x".repeat(1024);
  }
  await assert.rejects(all(endless()), /too long/);
});
