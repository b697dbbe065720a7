// What to say of the host keys of a server, for a person who may accept one. Pure.
// keys: { state, explanation, known: [{ type, fingerprint, place, since, isAccepted }],
// offered: { type, fingerprint, since } or null }.

import { exactTime } from "./format.js";

const KEY_FILES = ["ed25519", "ecdsa", "rsa"];
const ACCEPTABLE = ["changed", "unknown"];
const NOTHING = "No key waits to be accepted: it may show a known one again. Try it now to see.";
const NOT_KNOWN = "No key of it was known until now.";

export const isAcceptable = ({ state, offered }) => offered !== null && ACCEPTABLE.includes(state);

export function words(keys) {
  if (!keys.offered) return NOTHING;
  if (keys.state === "revoked") return `${keys.explanation}.`;
  return keys.known.length
    ? "It shows another host key than before. Either it was reinstalled, or somebody is in between; monserv has sent nothing to it."
    : `${NOT_KNOWN} monserv has sent nothing to it.`;
}

const dated = (word, since) => (since === null ? "" : `${word} ${exactTime(since)}`);

function origin({ place, since, isAccepted }) {
  return [dated(isAccepted ? "accepted" : "pinned", since), place].filter(Boolean).join(", ");
}

export const knownRows = ({ known }) =>
  known.map((key) => ({ type: key.type, fingerprint: key.fingerprint, origin: origin(key) }));

export const offeredRows = ({ offered }) =>
  offered
    ? [{ type: offered.type, fingerprint: offered.fingerprint, origin: dated("since", offered.since) }]
    : [];

// What to type on the server itself, "" where nobody can say.
export function command({ offered }) {
  const file = KEY_FILES.find((part) => offered?.type.includes(part));
  return file ? `ssh-keygen -lf /etc/ssh/ssh_host_${file}_key.pub` : "";
}
