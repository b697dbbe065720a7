import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { apply } from "../../static/js/patch.js";

const GOLDEN = new URL("../golden/merge_patches.json", import.meta.url);

test("each golden patch makes its result, those of RFC 7396 among them", () => {
  const cases = JSON.parse(readFileSync(GOLDEN, "utf8"));
  for (const { target, patch, result } of cases) {
    assert.deepEqual(JSON.stringify(apply(target, patch)), JSON.stringify(result));
  }
});

test("no key reaches what all objects inherit", () => {
  apply({}, JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}'));
  assert.equal({}.polluted, undefined);
});

test("a target is changed in place, and shares nothing with the patch that it could lose", () => {
  const target = { metrics: { cpu: 1 } };
  assert.equal(apply(target, { metrics: { cpu: 2 } }), target);
  const patch = { disks: { "/": { used: 1 } } };
  apply(apply(target, patch), { disks: { "/": null } });
  assert.deepEqual(patch, { disks: { "/": { used: 1 } } });
});
