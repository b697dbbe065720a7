import assert from "node:assert/strict";
import { test } from "node:test";

import { readAddress } from "../../static/js/address.js";

const FULL = { host: "10.0.0.3", port: "2222", username: "root", password: "pass" };

for (const [written, found] of [
  ["ssh://root:pass@10.0.0.3:2222", FULL],
  ["  SSH://root:pass@10.0.0.3:2222/\n", FULL],
  ["root@nas", { host: "nas", port: "22", username: "root" }],
  ["ssh://nas:2222", { host: "nas", port: "2222" }],
  ["ssh://a@[2001:db8::7]:22", { host: "2001:db8::7", port: "22", username: "a" }],
  ["ssh://u:p@ss:w/o%r#d?@h", { host: "h", port: "22", username: "u", password: "p@ss:w/o%r#d?" }],
  ["ssh://u:p%40ss%3A@h", { host: "h", port: "22", username: "u", password: "p@ss:" }],
  ["ssh://u:100%@h", { host: "h", port: "22", username: "u", password: "100%" }],
  ["ssh://u:%C3%BC%FF@h", { host: "h", port: "22", username: "u", password: "%C3%BC%FF" }],
  ["ssh://u:%C3%BC@h", { host: "h", port: "22", username: "u", password: "ü" }],
  [
    "ssh://u@h?name=my%20nas&tags=a,b&key=/id&jump=x&odd=y",
    { host: "h", port: "22", username: "u", name: "my nas", tags: "a,b", key: "/id", jump: "x" },
  ],
]) {
  test(`${written.trim()} fills the form`, () => assert.deepEqual(readAddress(written), found));
}

for (const written of ["nas", "local://", "10.0.0.3", "2001:db8::7", "", "@nas", "ssh://", "ssh://root@", "a b@nas"]) {
  test(`"${written}" is no address`, () => assert.equal(readAddress(written), null));
}
