// A connection test as a checklist that a person reads from the top. Pure.
// A step is { name, state, detail, seconds }; state is passed, failed or not_run.

import { written } from "./format.js";
import { say } from "./say.js";

// The first only through a jump server, which finds the host by itself.
const JUMP = "jump";
const TITLES = new Map([
  [JUMP, say("Log in on the jump server")],
  ["name", say("Find the host")],
  ["tcp", say("Connect")],
  ["host_key", say("Check the host key")],
  ["login", say("Log in")],
  ["probe", say("Read the values")],
]);
const STATE_WORDS = {
  waiting: say("not known yet"),
  running: say("running"),
  passed: say("passed"),
  failed: say("failed"),
  not_run: say("not reached"),
};
const KEY_FILES = [
  ["ed25519", "ed25519"],
  ["ecdsa", "ecdsa"],
  ["rsa", "rsa"],
];

const title = (name) => TITLES.get(name) ?? name.replaceAll("_", " ");

function time(seconds) {
  if (seconds === null) return "";
  return seconds < 0.9995
    ? say("{milliseconds} ms", { milliseconds: Math.round(seconds * 1000) })
    : say("{seconds} s", { seconds: written(seconds, 1) });
}

const row = ({ name, state, detail, seconds }) => ({
  title: title(name),
  state,
  word: STATE_WORDS[state] ?? state,
  detail: state === "not_run" ? "" : detail,
  time: state === "not_run" ? "" : time(seconds),
});

// A test that runs: what is over, the step that it is at, and what is still to come.
export function runningRows(hasJump, { steps }) {
  const names = [...TITLES.keys()].filter((name) => name !== (hasJump ? "name" : JUMP));
  const isOver = (name) => steps.some((step) => step.name === name);
  const isEnded = steps.some(({ state }) => state === "failed");
  const rest = names.filter((name) => !isOver(name)).map((name, i) => {
    const state = isEnded ? "not_run" : i === 0 ? "running" : "waiting";
    return { name, state, detail: "", seconds: null };
  });
  return [...steps, ...rest].map(row);
}

export const rows = (test) => test.steps.map(row);

const sentence = (text) => (/[.!?]$/.test(text) ? text : `${text}.`);

// The whole in a sentence: it is what a screen reader hears.
export function verdict(test) {
  if (test.passed) return say("The test passed: monserv can watch this server.");
  const cause = test.steps.find(({ state }) => state === "failed");
  if (!cause) return say("The test did not pass.");
  const reason = sentence(cause.detail || say("no reason was given"));
  return say("Stopped at “{step}”: {reason}", { step: title(cause.name), reason });
}

// What to do with a host key that is shown, or null when none is.
export function hostKey(test) {
  if (!test.hostKey?.fingerprint) return null;
  const { type, fingerprint, known, acceptable } = test.hostKey;
  const file = KEY_FILES.find(([part]) => type.includes(part))?.[1];
  // One that was refused may be any but a new one; the step says why.
  const isRefused = test.steps.some(({ name, state }) => name === "host_key" && state === "failed");
  return {
    text: `${type} ${fingerprint}`.trim(),
    words: known
      ? say("The host key is the one that monserv knows.")
      : isRefused
        ? say("This is the host key that was shown. Compare it with what the server itself prints:")
        : say("The host key is new. Compare it with what the server itself prints:"),
    acceptable: acceptable && !known ? fingerprint : "",
    command: known || !file ? "" : `ssh-keygen -lf /etc/ssh/ssh_host_${file}_key.pub`,
  };
}
