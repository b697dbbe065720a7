// What stands in the form about one server: what it starts with, what is wrong with it
// before anybody is asked, and what of it is to be sent. Pure. A draft has a text for
// each field; `server` is the one that is edited, null for a new one.

import { say } from "./say.js";

export const DEFAULT_PORT = "22";
const LOGIN = ["host", "port", "username", "jump"];
const SECRETS = ["password", "key"];
const CONNECTION = ["host", "port", "username", "password", "jump", "key"];
export const MOVED = say("Host, port, user or jump server changed: give the password or a key again");
const ABOUT = ["name", "tags", "description", "location"];
// As in the form, so that the first wrong one is the first that a person meets.
export const FIELDS = ["name", ...CONNECTION, "tags", "description", "location"];
const LARGEST_PORT = 65_535;

// This machine itself is reached without a login; who adds it names it by this alone.
const LOCAL = "local://";
export const isLocal = (server) => server?.url === LOCAL;

export function draftOf(server) {
  const empty = Object.fromEntries(FIELDS.map((field) => [field, ""]));
  return { ...empty, port: DEFAULT_PORT, ...server?.settings };
}

const isNewLocal = (draft, server) => server === null && draft.host.trim() === LOCAL;

const clean = (draft, field) => (field === "password" ? draft[field] : draft[field].trim());

export function changed(draft, server) {
  const before = draftOf(server);
  return FIELDS.filter((field) => clean(draft, field) !== before[field]);
}

// monserv does not hand a stored login to another place or user.
export function needsLogin(draft, server) {
  if (server === null) return false;
  const isMoved = changed(draft, server).some((field) => LOGIN.includes(field));
  return isMoved && SECRETS.every((field) => clean(draft, field) === "");
}

// What a test of the connection depends on: two drafts with the same text need but one.
export const connection = (draft) => JSON.stringify(CONNECTION.map((field) => clean(draft, field)));

export const isConnectionChanged = (draft, server) =>
  changed(draft, server).some((field) => CONNECTION.includes(field));

function portProblem(port) {
  const number = Number(port);
  const isPort = /^\d{1,5}$/.test(port) && number >= 1 && number <= LARGEST_PORT;
  return isPort ? "" : say("The port is a number from 1 to {largest}", { largest: String(LARGEST_PORT) });
}

// What is wrong, a sentence by field; what only monserv can tell is left to it.
export function problems(draft, server) {
  if (isLocal(server) || isNewLocal(draft, server)) return {};
  const found = {
    host: clean(draft, "host") ? "" : say("Name the server's host, or its address"),
    port: portProblem(clean(draft, "port")),
    username: clean(draft, "username") ? "" : say("Name the user who logs in"),
    password: needsLogin(draft, server) ? MOVED : "",
  };
  return Object.fromEntries(Object.entries(found).filter(([, sentence]) => sentence));
}

const picked = (draft, fields) =>
  Object.fromEntries(fields.map((field) => [field, clean(draft, field)]));

const typed = (draft, fields) => picked(draft, fields.filter((field) => clean(draft, field)));

// What saving sends: all that was typed for a new server, what changed of an old one. A
// name that was taken away is the host again.
export function toSave(draft, server) {
  if (isNewLocal(draft, server)) return { url: LOCAL, ...typed(draft, ABOUT) };
  if (server === null) return { ...typed(draft, FIELDS), port: clean(draft, "port") };
  const values = picked(draft, changed(draft, server));
  return values.name === "" ? { ...values, name: clean(draft, "host") } : values;
}

// What a test sends: where to log in and how; secrets that stand stored are not repeated.
// No jump server is one that was taken away, if the server had one.
export function toTest(draft, server) {
  if (isNewLocal(draft, server)) return { url: LOCAL };
  const ofOne = server && { id: server.id, jump: clean(draft, "jump") };
  return { ...typed(draft, FIELDS), ...ofOne };
}
