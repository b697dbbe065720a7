import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import * as keys from "../../static/js/host-keys.js";
import { readHostKeys } from "../../static/js/answers.js";

const golden = JSON.parse(readFileSync(new URL("../golden/host_key.json", import.meta.url), "utf8"));
const found = readHostKeys(golden);
const [OLD, OTHER] = golden.data.known;
const NEW = golden.data.offered;

test("the golden host keys are read whole, and stand side by side", () => {
  const [old, other] = keys.knownRows(found);
  assert.equal(old.fingerprint, OLD.fingerprint);
  assert.match(old.origin, /^pinned .*2025.*, \/data\/known_hosts$/);
  assert.deepEqual([other.type, other.origin], [OTHER.type, OTHER.place]);
  const [shown] = keys.offeredRows(found);
  assert.equal(shown.fingerprint, NEW.fingerprint);
  assert.match(shown.origin, /^since /);
});

test("a changed and an unknown key may be accepted, and no other", () => {
  const acceptable = ["new", "known", "unknown", "changed", "revoked"].filter((state) =>
    keys.isAcceptable({ ...found, state }),
  );
  assert.deepEqual(acceptable, ["unknown", "changed"]);
  assert.equal(keys.isAcceptable({ ...found, offered: null }), false);
});

test("each case has its own words", () => {
  assert.match(keys.words(found), /another host key than before/);
  assert.match(keys.words({ ...found, state: "unknown", known: [] }), /^No key of it was known/);
  assert.match(keys.words({ ...found, offered: null }), /^No key waits/);
  const revoked = { ...found, state: "revoked", explanation: "It was revoked" };
  assert.equal(keys.words(revoked), "It was revoked.");
});

test("what to type on the server depends on the key that it shows", () => {
  const commandOf = (type) => keys.command({ offered: { type } });
  assert.equal(commandOf("ssh-ed25519"), "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub");
  assert.match(commandOf("ecdsa-sha2-nistp256"), /host_ecdsa_key/);
  assert.equal(commandOf("ssh-new; rm -r /"), "");
  assert.equal(keys.command({ offered: null }), "");
});

test("an answer that is none shows no key", () => {
  for (const body of [null, {}, { data: 7 }, { data: { known: 7, offered: "x" } }]) {
    const read = readHostKeys(body);
    assert.deepEqual([read.known, read.offered], [[], null]);
    assert.equal(keys.isAcceptable(read), false);
  }
});

test("an accepted key says so", () => {
  const known = [{ type: "t", fingerprint: "f", place: "p", since: 0, isAccepted: true }];
  assert.match(keys.knownRows({ known })[0].origin, /^accepted /);
});
