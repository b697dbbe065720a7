import assert from "node:assert/strict";
import { test } from "node:test";

import { draftOf } from "../../static/js/draft.js";
import { hintsFor, namesOf } from "../../static/js/hints.js";

const nas = { id: "nas", url: "ssh://u@h", settings: { host: "h", port: "22", username: "u" } };

test("the hint of a password says what an empty one means", () => {
  const edited = (more) => hintsFor({ ...draftOf(nas), ...more }, nas).password;
  assert.equal(hintsFor(draftOf(null), null).password, "");
  assert.equal(edited({}), "Stays as it is while this is empty");
  assert.match(edited({ host: "x" }), /give the password or a key again/);
  assert.match(edited({ host: "x", key: "/id" }), /passphrase/);
});

test("what was filled in is called as its labels are", () => {
  assert.deepEqual(namesOf({ username: "u", host: "h", port: "22" }), ["host", "port", "user"]);
});
