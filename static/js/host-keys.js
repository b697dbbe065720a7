// What to say of the host keys of a server, for a person who may accept one. Pure.
// keys: { state, explanation, known: [{ type, fingerprint, place, since, isAccepted }],
// offered: { type, fingerprint, since } or null }.

import { exactTime } from "./format.js";
import { say } from "./say.js";

const KEY_FILES = ["ed25519", "ecdsa", "rsa"];
const ACCEPTABLE = ["changed", "unknown"];
const NOTHING = say("No key waits to be accepted: it may show a known one again. Try it now to see.");

export const isAcceptable = ({ state, offered }) => offered !== null && ACCEPTABLE.includes(state);

export function words(keys) {
  if (!keys.offered) return NOTHING;
  if (keys.state === "revoked") return `${keys.explanation}.`;
  return keys.known.length
    ? say("It shows another host key than before. Either it was reinstalled, or somebody is in between; monserv has sent nothing to it.")
    : say("No key of it was known until now. monserv has sent nothing to it.");
}

// What happened to a key, and when; "" where nobody knows since when.
function dated(since, when) {
  return since === null ? "" : when({ time: exactTime(since) });
}

const accepted = (time) => say("accepted {time}", time);
const pinned = (time) => say("pinned {time}", time);
const shown = (time) => say("since {time}", time);

function origin({ place, since, isAccepted }) {
  return [dated(since, isAccepted ? accepted : pinned), place].filter(Boolean).join(", ");
}

export const knownRows = ({ known }) =>
  known.map((key) => ({ type: key.type, fingerprint: key.fingerprint, origin: origin(key) }));

export const offeredRows = ({ offered }) =>
  offered
    ? [{ type: offered.type, fingerprint: offered.fingerprint, origin: dated(offered.since, shown) }]
    : [];

// What to type on the server itself, "" where nobody can say.
export function command({ offered }) {
  const file = KEY_FILES.find((part) => offered?.type.includes(part));
  return file ? `ssh-keygen -lf /etc/ssh/ssh_host_${file}_key.pub` : "";
}
