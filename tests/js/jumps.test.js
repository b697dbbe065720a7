import assert from "node:assert/strict";
import { test } from "node:test";

import { jumpChoices, jumpNamed } from "../../static/js/jumps.js";

const server = (id, name, jump = "") => ({ id, name, url: `ssh://u@${id}`, settings: { jump } });
const local = { id: "local", name: "this machine", url: "local://", settings: { jump: "" } };
const all = [server("b", "gate"), server("a", "alpha"), server("c", "gate"), local];
const labels = (choices) => choices.map(({ id, label }) => [id, label]);

test("every other server may be a jump server, this machine needs none", () => {
  const gates = [["b", "gate (b)"], ["c", "gate (c)"]];
  assert.deepEqual(labels(jumpChoices(all, null)), [["a", "alpha"], ...gates]);
  assert.deepEqual(labels(jumpChoices(all, all[1])), gates);
});

test("the one that is set stays to be chosen, known or not", () => {
  assert.deepEqual(labels(jumpChoices(all, server("d", "inner", "gone"))).at(-1), ["gone", "gone"]);
  assert.equal(jumpChoices(all, server("d", "inner", "a")).length, 3);
});

test("a pasted address names a jump server by its name or id, if that is clear", () => {
  const choices = jumpChoices(all, null);
  assert.equal(jumpNamed("alpha", choices), "a");
  assert.equal(jumpNamed("b", choices), "b");
  for (const unclear of ["gate", "nobody", ""]) assert.equal(jumpNamed(unclear, choices), "");
});
