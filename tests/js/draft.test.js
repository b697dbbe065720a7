import assert from "node:assert/strict";
import { test } from "node:test";

import * as drafts from "../../static/js/draft.js";

const settings = {
  name: "nas",
  host: "10.0.0.3",
  port: "2222",
  username: "root",
  tags: "prod",
  description: "",
  location: "",
  jump: "gate",
};
const nas = { id: "nas", url: "ssh://root:***@10.0.0.3:2222", settings };
const typed = (more) => ({ ...drafts.draftOf(null), ...more });
const edited = (more) => ({ ...drafts.draftOf(nas), ...more });

test("a new draft is empty but for the port, an old one is what is stored, without secrets", () => {
  const { port, ...rest } = drafts.draftOf(null);
  assert.equal(port, "22");
  assert.deepEqual(new Set(Object.values(rest)), new Set([""]));
  assert.deepEqual(drafts.draftOf(nas), { ...settings, password: "", key: "" });
});

test("what changed are the fields that differ, spaces around them aside", () => {
  assert.deepEqual(drafts.changed(edited({}), nas), []);
  assert.deepEqual(drafts.changed(edited({ name: " nas ", port: "22" }), nas), ["port"]);
  assert.deepEqual(drafts.changed(typed({ password: " " }), null), ["password"]);
});

test("another host, port, user or jump server needs the login again, anything else does not", () => {
  for (const moved of [{ host: "x" }, { port: "22" }, { username: "x" }, { jump: "" }]) {
    assert.equal(drafts.needsLogin(edited(moved), nas), true);
    assert.equal(drafts.needsLogin(edited({ ...moved, password: "p" }), nas), false);
    assert.equal(drafts.needsLogin(edited({ ...moved, key: "/id" }), nas), false);
  }
  assert.equal(drafts.needsLogin(edited({ name: "x", tags: "" }), nas), false);
  assert.equal(drafts.needsLogin(typed({ host: "x" }), null), false);
});

test("what is missing or no port is said before anybody is asked", () => {
  const wrong = (draft, server = null) => Object.keys(drafts.problems(draft, server));
  assert.deepEqual(wrong(typed({ host: " " })), ["host", "username"]);
  for (const port of ["", "0", "65536", "22x", "-1", "1e3", "2.2"]) {
    assert.deepEqual(wrong(typed({ host: "h", username: "u", port })), ["port"]);
  }
  assert.deepEqual(wrong(typed({ host: "h", username: "u", port: " 65535 " })), []);
  assert.deepEqual(wrong(edited({ host: "x" }), nas), ["password"]);
});

test("this machine itself is saved without a login", () => {
  const local = { ...nas, url: "local://", settings: { ...settings, username: "" } };
  assert.deepEqual(drafts.problems(drafts.draftOf(local), local), {});
});

test("of a new server all is sent that was typed, of an old one what changed", () => {
  const fresh = typed({ host: " h ", username: "u", password: " p ", tags: "a, b " });
  assert.deepEqual(drafts.toSave(fresh, null), {
    host: "h",
    port: "22",
    username: "u",
    password: " p ",
    tags: "a, b",
  });
  assert.deepEqual(drafts.toSave(edited({ tags: "", location: "attic" }), nas), {
    tags: "",
    location: "attic",
  });
});

test("a name that is taken away is the host again", () => {
  assert.deepEqual(drafts.toSave(edited({ name: " " }), nas), { name: "10.0.0.3" });
});

test("this machine itself is added by its address alone", () => {
  const local = typed({ host: "local://", tags: "here" });
  assert.deepEqual(drafts.problems(local, null), {});
  assert.deepEqual(drafts.toSave(local, null), { url: "local://", tags: "here" });
  assert.deepEqual(drafts.toTest(local, null), { url: "local://" });
});

test("a test sends the whole login, and the id so that a stored secret is found", () => {
  const { id, host, port, password, jump } = drafts.toTest(edited({}), nas);
  assert.deepEqual([id, host, port, password, jump], ["nas", "10.0.0.3", "2222", undefined, "gate"]);
  assert.equal(drafts.toTest(edited({ jump: "", password: "p" }), nas).jump, "");
  assert.equal("jump" in drafts.toTest(typed({ host: "h" }), null), false);
  assert.equal("id" in drafts.toTest(typed({ host: "h" }), null), false);
});

test("two drafts that log in alike need one test", () => {
  const one = edited({ name: "x", tags: "y" });
  assert.equal(drafts.connection(one), drafts.connection(edited({})));
  assert.equal(drafts.isConnectionChanged(one, nas), false);
  for (const more of [{ host: "x" }, { password: "x" }, { key: "x" }, { jump: "" }]) {
    assert.notEqual(drafts.connection(edited(more)), drafts.connection(edited({})));
    assert.equal(drafts.isConnectionChanged(edited(more), nas), true);
  }
});
