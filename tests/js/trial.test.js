import assert from "node:assert/strict";
import { test } from "node:test";

import { draftOf } from "../../static/js/draft.js";
import { Trial } from "../../static/js/trial.js";

const draft = (more = {}) => ({ ...draftOf(null), host: "h", username: "u", ...more });

// A trial whose answers come when the test lets them.
function bench() {
  const asked = [];
  const heard = { steps: 0 };
  const ask = (values, signal, hear) => {
    const { promise, resolve, reject } = withResolvers();
    asked.push({ values, signal, hear, resolve, reject });
    return promise;
  };
  const trial = new Trial(ask, () => (heard.steps += 1));
  return { trial, asked, heard };
}

function withResolvers() {
  let settle;
  const promise = new Promise((resolve, reject) => (settle = { resolve, reject }));
  return { promise, ...settle };
}

test("a result is of the draft that was tested, whatever its name is", async () => {
  const { trial, asked } = bench();
  const found = trial.run(draft(), null);
  assert.equal(trial.isRunning, true);
  asked[0].resolve({ passed: true, steps: [] });
  assert.equal((await found).passed, true);
  assert.equal(trial.isRunning, false);
  assert.equal(trial.hasPassed(draft({ name: "nas" })), true);
  assert.equal(trial.hasPassed(draft({ password: "x" })), false);
  assert.equal(trial.hasFailed(draft()), false);
});

test("one that did not pass has failed, for its draft alone", async () => {
  const { trial, asked } = bench();
  const found = trial.run(draft(), null);
  asked[0].resolve({ passed: false, steps: [] });
  await found;
  assert.equal(trial.hasFailed(draft()), true);
  assert.equal(trial.hasFailed(draft({ port: "23" })), false);
  trial.forget();
  assert.equal(trial.hasFailed(draft()), false);
});

test("a test that nobody waits for any longer brings nothing, however it ends", async () => {
  for (const end of ["resolve", "reject"]) {
    const { trial, asked } = bench();
    const found = trial.run(draft(), null);
    trial.forget();
    assert.equal(asked[0].signal.aborted, true);
    asked[0][end]({ passed: true, steps: [] });
    assert.equal(await found, null);
    assert.deepEqual([trial.isRunning, trial.result], [false, null]);
  }
});

test("what is over is known while it runs, and of a test that nobody waits for nothing is", async () => {
  const { trial, asked, heard } = bench();
  const found = trial.run(draft(), null, "SHA256:x");
  assert.equal(asked[0].values.host_key, "SHA256:x");
  asked[0].hear({ step: { name: "name" }, hostKey: null });
  asked[0].hear({ step: { name: "tcp" }, hostKey: { fingerprint: "SHA256:x" } });
  assert.deepEqual(trial.progress.steps.map(({ name }) => name), ["name", "tcp"]);
  assert.equal(trial.progress.hostKey.fingerprint, "SHA256:x");
  assert.equal(heard.steps, 2);
  trial.forget();
  asked[0].hear({ step: { name: "login" }, hostKey: null });
  assert.deepEqual([trial.progress.steps, heard.steps], [[], 2]);
  asked[0].resolve({ passed: true, steps: [] });
  assert.equal(await found, null);
  trial.run(draft(), null);
  assert.equal("host_key" in asked[1].values, false);
  trial.forget();
});

test("a second test stops the first", async () => {
  const { trial, asked } = bench();
  const first = trial.run(draft(), null);
  const second = trial.run(draft({ port: "23" }), null);
  asked[0].resolve({ passed: true, steps: [] });
  assert.equal(await first, null);
  assert.equal(trial.isRunning, true);
  asked[1].resolve({ passed: true, steps: [] });
  await second;
  assert.equal(trial.hasPassed(draft({ port: "23" })), true);
});

test("an error of the asking is the caller's, and the next test runs", async () => {
  const { trial, asked } = bench();
  const found = trial.run(draft(), null);
  asked[0].reject(new Error("no answer"));
  await assert.rejects(found, /no answer/);
  assert.equal(trial.isRunning, false);
});
