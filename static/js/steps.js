// A connection test as a checklist that a person reads from the top. Pure.
// A step is { name, state, detail, seconds }; state is passed, failed or not_run.

// The first only through a jump server, which finds the host by itself.
const JUMP = "jump";
const TITLES = new Map([
  [JUMP, "Log in on the jump server"],
  ["name", "Find the host"],
  ["tcp", "Connect"],
  ["host_key", "Check the host key"],
  ["login", "Log in"],
  ["probe", "Read the values"],
]);
const STATE_WORDS = {
  waiting: "not known yet",
  passed: "passed",
  failed: "failed",
  not_run: "not reached",
};
const KEY_FILES = [
  ["ed25519", "ed25519"],
  ["ecdsa", "ecdsa"],
  ["rsa", "rsa"],
];

const title = (name) => TITLES.get(name) ?? name.replaceAll("_", " ");

function time(seconds) {
  if (seconds === null) return "";
  return seconds < 0.9995 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`;
}

const row = ({ name, state, detail, seconds }) => ({
  title: title(name),
  state,
  word: STATE_WORDS[state] ?? state,
  detail: state === "not_run" ? "" : detail,
  time: state === "not_run" ? "" : time(seconds),
});

export const waitingRows = (hasJump) =>
  [...TITLES.keys()]
    .filter((name) => name !== (hasJump ? "name" : JUMP))
    .map((name) => row({ name, state: "waiting", detail: "", seconds: null }));

export const rows = (test) => test.steps.map(row);

const sentence = (text) => (/[.!?]$/.test(text) ? text : `${text}.`);

// The whole in a sentence: it is what a screen reader hears.
export function verdict(test) {
  if (test.passed) return "The test passed: monserv can watch this server.";
  const cause = test.steps.find(({ state }) => state === "failed");
  if (!cause) return "The test did not pass.";
  return `Stopped at “${title(cause.name)}”: ${sentence(cause.detail || "no reason was given")}`;
}

// What to do with a host key that is shown, or null when none is.
export function hostKey(test) {
  if (!test.hostKey?.fingerprint) return null;
  const { type, fingerprint, known } = test.hostKey;
  const file = KEY_FILES.find(([part]) => type.includes(part))?.[1];
  // One that was refused may be any but a new one; the step says why.
  const isRefused = test.steps.some(({ name, state }) => name === "host_key" && state === "failed");
  const what = isRefused ? "This is the host key that was shown." : "The host key is new.";
  return {
    text: `${type} ${fingerprint}`.trim(),
    words: known
      ? "The host key is the one that monserv knows."
      : `${what} Compare it with what the server itself prints:`,
    command: known || !file ? "" : `ssh-keygen -lf /etc/ssh/ssh_host_${file}_key.pub`,
  };
}
