// What stands below the fields of a login while one types, and how fields are called. Pure.

import { FIELDS, needsLogin } from "./draft.js";

const KEY = "A path on the machine that runs monserv; a password beside it is its passphrase";
const STAYS = "Stays as it is while this is empty";

function passwordHint(draft, server) {
  if (needsLogin(draft, server)) return "Host, port or user changed: give the password or a key again";
  if (draft.key) return "The passphrase of the key, if it has one";
  return server ? STAYS : "";
}

export const hintsFor = (draft, server) => ({
  password: passwordHint(draft, server),
  key: server ? `${KEY}. ${STAYS}` : KEY,
});

// What was filled in, as the labels say it.
export const namesOf = (values) =>
  FIELDS.filter((field) => values[field]).map((field) => (field === "username" ? "user" : field));
