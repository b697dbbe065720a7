// What stands below the fields of a login while one types, and how fields are called. Pure.

import { FIELDS, MOVED, needsLogin } from "./draft.js";

const KEY = "A path on the machine that runs monserv; a password beside it is its passphrase";
const STAYS = "Stays as it is while this is empty";

function passwordHint(draft, server) {
  if (needsLogin(draft, server)) return MOVED;
  if (draft.key) return "The passphrase of the key, if it has one";
  return server ? STAYS : "";
}

export const hintsFor = (draft, server) => ({
  password: passwordHint(draft, server),
  key: server ? `${KEY}. ${STAYS}` : KEY,
});

// What was filled in, as the labels say it.
const LABELS = { username: "user", jump: "jump server" };
export const namesOf = (values) =>
  FIELDS.filter((field) => values[field]).map((field) => LABELS[field] ?? field);
