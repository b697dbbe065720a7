import assert from "node:assert/strict";
import { test } from "node:test";

import * as list from "../../static/js/import-list.js";

const row = (name, more = {}) => ({
  name,
  host: name,
  port: 22,
  username: "joe",
  jump: "",
  key: "",
  tags: "",
  known: null,
  problem: "",
  remarks: [],
  ...more,
});
const ROWS = [
  row("gate"),
  row("inner", { jump: "gate" }),
  row("far", { jump: "inner" }),
  row("known", { known: "k1" }),
  row("odd", { problem: "It names no user." }),
  row("behind", { jump: "known" }),
];

test("what is chosen brings along what it is reached through, and all is what can be added", () => {
  assert.deepEqual([...list.choose(ROWS, new Set(), "far", true)], ["far", "inner", "gate"]);
  assert.deepEqual([...list.choose(ROWS, new Set(["far", "gate"]), "gate", false)], ["far"]);
  assert.deepEqual([...list.choose(ROWS, new Set(), "odd", true)], []);
  assert.deepEqual([...list.chooseAll(ROWS, true)], ["gate", "inner", "far", "behind"]);
  assert.deepEqual([...list.chooseAll(ROWS, false)], []);
});

test("jump servers in a circle end", () => {
  const rows = [row("a", { jump: "b" }), row("b", { jump: "a" })];
  assert.deepEqual([...list.choose(rows, new Set(), "a", true)], ["a", "b"]);
});

test("a jump server is told by its id, and where it is not there nothing is added", () => {
  const ids = list.knownIds(ROWS);
  assert.deepEqual([...ids], [["known", "k1"]]);
  const plain = { withKeys: false };
  assert.equal(list.toAdd(ROWS[5], ids, plain).values.jump, "k1");
  assert.match(list.toAdd(ROWS[1], ids, plain).problem, /gate is not watched/);
  ids.set("gate", "g1");
  assert.equal(list.toAdd(ROWS[1], ids, plain).values.jump, "g1");
});

test("keys come along only when a person says so, and what is empty not at all", () => {
  const one = row("nas", { key: "~/.ssh/id", tags: "prod", port: 2222 });
  const body = { name: "nas", host: "nas", port: "2222", username: "joe", tags: "prod" };
  assert.deepEqual(list.toAdd(one, new Map(), { withKeys: false }).values, body);
  assert.deepEqual(list.toAdd(one, new Map(), { withKeys: true }).values, { ...body, key: "~/.ssh/id" });
  assert.equal("tags" in list.toAdd(row("x"), new Map(), { withKeys: true }).values, false);
});

test("a row says where it leads and what is to be known of it", () => {
  assert.equal(list.place(row("nas", { host: "::1", port: 2222 })), "joe@[::1]:2222");
  assert.equal(list.place(row("nas", { username: "" })), "nas");
  assert.equal(list.note(ROWS[3]), "Watched already");
  assert.equal(list.note(row("x", { problem: "No.", remarks: ["A.", "B."] })), "No. A. B.");
});

test("the whole in a line", () => {
  const found = { servers: ROWS, remarks: ["x"] };
  assert.equal(
    list.summary(found, new Set(["far"])),
    "6 servers in the file · 4 can be added · 1 chosen · 1 remark",
  );
  assert.equal(list.summary({ servers: [], remarks: [] }, new Set()), "The file names no server.");
});
