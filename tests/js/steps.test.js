import assert from "node:assert/strict";
import { test } from "node:test";

import * as steps from "../../static/js/steps.js";

const step = (name, state, detail = "", seconds = 0.0124) => ({ name, state, detail, seconds });
const refused = {
  passed: false,
  steps: [
    step("name", "passed", "10.0.0.9 is an address", 0),
    step("tcp", "passed", "It answers", 1.26),
    step("host_key", "passed"),
    step("login", "failed", "The server refused the password"),
    step("probe", "not_run", "left over", 0),
  ],
  hostKey: { type: "ssh-ed25519", fingerprint: "SHA256:abc", known: false },
};

const running = (hasJump, over = []) => steps.runningRows(hasJump, { steps: over });

test("before the answer the first step runs and the others wait, in their order", () => {
  const rows = running(false);
  assert.deepEqual(rows.map(({ title }) => title), [
    "Find the host",
    "Connect",
    "Check the host key",
    "Log in",
    "Read the values",
  ]);
  assert.deepEqual(rows.map(({ state }) => state), ["running", ...Array(4).fill("waiting")]);
  const behind = running(true).map(({ title }) => title);
  assert.deepEqual(behind.slice(0, 2), ["Log in on the jump server", "Connect"]);
  assert.equal(behind.length, 5);
});

test("it fills in as the steps pass, and what comes after a cause is not reached", () => {
  const states = (over) => running(false, over).map(({ state }) => state);
  assert.deepEqual(states(refused.steps.slice(0, 2)), ["passed", "passed", "running", "waiting", "waiting"]);
  assert.equal(running(false, refused.steps.slice(0, 2))[1].time, "1.3 s");
  assert.deepEqual(states(refused.steps.slice(0, 4)), [...Array(3).fill("passed"), "failed", "not_run"]);
});

test("only a key that nobody knows yet is there to be accepted", () => {
  const of = (more) => steps.hostKey({ ...refused, hostKey: { ...refused.hostKey, ...more } });
  assert.equal(of({ acceptable: true }).acceptable, "SHA256:abc");
  assert.equal(of({}).acceptable, "");
  assert.equal(of({ acceptable: true, known: true }).acceptable, "");
});

test("each step says how it went and how long it took; one not reached says only that", () => {
  const rows = steps.rows(refused);
  assert.deepEqual(rows.map(({ word }) => word), ["passed", "passed", "passed", "failed", "not reached"]);
  assert.deepEqual(rows.map(({ time }) => time), ["0 ms", "1.3 s", "12 ms", "12 ms", ""]);
  assert.equal(rows[3].detail, "The server refused the password");
  assert.equal(rows[4].detail, "");
});

test("the verdict is the cause in words", () => {
  assert.equal(steps.verdict(refused), "Stopped at “Log in”: The server refused the password.");
  assert.equal(steps.verdict({ passed: true, steps: [] }), "The test passed: monserv can watch this server.");
  assert.equal(steps.verdict({ passed: false, steps: [] }), "The test did not pass.");
});

test("a new host key comes with what prints it on the server, a known one does not", () => {
  const key = steps.hostKey(refused);
  assert.equal(key.text, "ssh-ed25519 SHA256:abc");
  assert.equal(key.command, "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub");
  assert.match(key.words, /^The host key is new\./);
  const known = steps.hostKey({ ...refused, hostKey: { ...refused.hostKey, known: true } });
  assert.deepEqual([known.command, known.words], ["", "The host key is the one that monserv knows."]);
  assert.equal(steps.hostKey({ ...refused, hostKey: null }), null);
  const empty = { type: "x", fingerprint: "", known: false };
  assert.equal(steps.hostKey({ ...refused, hostKey: empty }), null);
});

test("a host key that was refused is not called new", () => {
  const changed = { ...refused, steps: [step("host_key", "failed", "It has changed")] };
  assert.doesNotMatch(steps.hostKey(changed).words, /new/);
});

test("a step that this page does not know is still shown", () => {
  const [row] = steps.rows({ steps: [step("second_factor", "odd", "?", null)] });
  assert.deepEqual([row.title, row.word, row.time], ["second factor", "odd", ""]);
});
