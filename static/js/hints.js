// What stands below the fields of a login while one types, and how fields are called. Pure.

import { FIELDS, MOVED, needsLogin } from "./draft.js";
import { say } from "./say.js";

const KEY = say("A path on the machine that runs monserv; a password beside it is its passphrase");
const STAYS = say("Stays as it is while this is empty");

function passwordHint(draft, server) {
  if (needsLogin(draft, server)) return MOVED;
  if (draft.key) return say("The passphrase of the key, if it has one");
  return server ? STAYS : "";
}

export const hintsFor = (draft, server) => ({
  password: passwordHint(draft, server),
  key: server ? `${KEY}. ${STAYS}` : KEY,
});

// What was filled in, as the labels say it.
const LABELS = {
  name: say("name"),
  host: say("host"),
  port: say("port"),
  username: say("user"),
  password: say("password"),
  jump: say("jump server"),
  key: say("key"),
  tags: say("tags"),
};
export const namesOf = (values) =>
  FIELDS.filter((field) => values[field]).map((field) => LABELS[field] ?? field);
