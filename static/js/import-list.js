// The servers of a file and what becomes of them. Pure. A row is as monserv previews it:
// { name, host, port, username, jump, key, tags, known, problem, remarks }.

import { say, sayMany } from "./say.js";

const DEFAULT_PORT = 22;

export const isReady = (row) => row.problem === "" && row.known === null;

export const place = ({ username, host, port }) => {
  const shown = host.includes(":") ? `[${host}]` : host;
  return `${username ? `${username}@` : ""}${shown}${port === DEFAULT_PORT ? "" : `:${port}`}`;
};

// The names that are chosen after `name` was turned on or off: what it is reached through
// comes along.
export function choose(rows, chosen, name, isOn) {
  const after = new Set(chosen);
  const byName = new Map(rows.map((row) => [row.name, row]));
  if (!isOn) after.delete(name);
  for (let row = isOn && byName.get(name); row && isReady(row) && !after.has(row.name); ) {
    after.add(row.name);
    row = byName.get(row.jump);
  }
  return after;
}

export const chooseAll = (rows, isOn) => new Set(isOn ? rows.filter(isReady).map(({ name }) => name) : []);

// What stands beside a row: that it is known, what is wrong with it, what is left out.
export function note(row) {
  if (row.known !== null) return say("Watched already");
  return [row.problem, ...row.remarks].filter(Boolean).join(" ");
}

export function summary({ servers, remarks }, chosen) {
  const ready = servers.filter(isReady).length;
  if (!servers.length) return say("The file names no server.");
  return [
    sayMany(servers.length, "{n} server in the file", "{n} servers in the file"),
    sayMany(ready, "{n} can be added", "{n} can be added"),
    sayMany(chosen.size, "{n} chosen", "{n} chosen"),
    ...(remarks.length ? [sayMany(remarks.length, "{n} remark", "{n} remarks")] : []),
  ].join(" · ");
}

// Where each name leads by now: what is watched already, and what has just been added.
export const knownIds = (rows) =>
  new Map(rows.filter(({ known }) => known !== null).map(({ name, known }) => [name, known]));

// What adds a row: { values }, or { problem } when its jump server is not there. Keys are paths
// on the machine that runs monserv, and come along only when a person says so.
export function toAdd(row, ids, { withKeys }) {
  if (row.jump && !ids.has(row.jump)) {
    return { problem: say("Its jump server {name} is not watched: add it first.", { name: row.jump }) };
  }
  const { name, host, port, username, tags, key } = row;
  const values = { name, host, port: String(port), username };
  if (tags) values.tags = tags;
  if (withKeys && key) values.key = key;
  if (row.jump) values.jump = ids.get(row.jump);
  return { values };
}
