// A text that arrives in pieces, line by line. Pure.

// Nobody sends a line that is longer; what does is not held in memory for ever.
const MAX_LINE = 64 * 1024;

// `pieces` is async iterable, or a ReadableStream of texts; gives each line that is not empty.
export async function* linesOf(pieces) {
  let rest = "";
  for await (const piece of iterable(pieces)) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop();
    yield* lines.filter((line) => line !== "");
    if (rest.length > MAX_LINE) throw new Error("a line is too long");
  }
  if (rest !== "") yield rest;
}

// Not every browser lets a stream be iterated.
async function* iterable(pieces) {
  if (pieces[Symbol.asyncIterator]) return yield* pieces;
  const reader = pieces.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
  } finally {
    await reader.cancel();
  }
}
