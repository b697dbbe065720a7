// Which servers an overview lists, in which order, under which heads. Pure.

import { shownStatus } from "./health.js";
import { compareNames } from "./names.js";

const STATUSES = ["alert", "offline", "warning", "online", "paused"];
const UNTAGGED = "";

export const tagsOf = ({ tags }) => tags.split(",").map((tag) => tag.trim()).filter(Boolean);

export const allTags = (servers) => [...new Set(servers.flatMap(tagsOf))].sort(compareNames);

// The disk that is filled most, or null.
export const fullestDisk = (server) =>
  (server.metrics?.disks ?? []).reduce(
    (most, disk) => (disk.used !== null && disk.used > (most?.used ?? -1) ? disk : most),
    null,
  );

const place = (server) => {
  const found = STATUSES.indexOf(shownStatus(server));
  return found === -1 ? STATUSES.length : found;
};

function traffic({ metrics }) {
  const { sentRate = null, receivedRate = null } = metrics?.network ?? {};
  return sentRate === null && receivedRate === null ? null : sentRate + receivedRate;
}

const VALUES = {
  status: place,
  cpu: (server) => server.metrics?.cpu?.used ?? null,
  memory: (server) => server.metrics?.memory?.used ?? null,
  disk: (server) => fullestDisk(server)?.used ?? null,
  network: traffic,
  load: (server) => server.metrics?.load?.[0] ?? null,
  uptime: (server) => server.metrics?.uptimeSeconds ?? null,
  age: (server) => (server.metrics?.takenAt ? -server.metrics.takenAt : null),
};

// What is not known comes last whichever way; what is equal goes by name.
function sorted(servers, { sort, isDown }) {
  const sign = isDown ? -1 : 1;
  const valueOf = VALUES[sort];
  const byName = (a, b) => compareNames(a.name, b.name);
  if (!valueOf) return servers.sort((a, b) => sign * byName(a, b));
  const values = new Map(servers.map((server) => [server, valueOf(server)]));
  return servers.sort((a, b) => {
    const [one, other] = [values.get(a), values.get(b)];
    if (one === null || other === null) return (one === null) - (other === null) || byName(a, b);
    return sign * (one - other) || byName(a, b);
  });
}

function isWanted(server, { statuses, tag, text }, words) {
  if (statuses.length && !statuses.includes(shownStatus(server))) return false;
  if (tag && !tagsOf(server).includes(tag)) return false;
  if (!text) return true;
  const said = `${server.name} ${server.url} ${server.tags} ${server.metrics?.hostname ?? ""}`;
  const found = said.toLowerCase();
  return words.every((word) => found.includes(word));
}

// One entry a server, { id }, and with groups one above them: { id, group, count }, where the
// group is a server's first tag, "" for none.
export function entries(servers, options) {
  const words = options.text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = sorted(servers.filter((server) => isWanted(server, options, words)), options);
  if (!options.isGrouped) return found.map(({ id }) => ({ id }));
  const groups = new Map();
  for (const server of found) {
    const group = tagsOf(server)[0] ?? UNTAGGED;
    if (!groups.has(group)) groups.set(group, []);
    groups.get(group).push(server);
  }
  const names = [...groups.keys()].sort(
    (a, b) => (a === UNTAGGED) - (b === UNTAGGED) || compareNames(a, b),
  );
  return names.flatMap((group) => {
    const members = groups.get(group);
    return [{ id: `\n${group}`, group, count: members.length }, ...members.map(({ id }) => ({ id }))];
  });
}

// While somebody reads, what is there stays where it is: what is gone leaves, and what has
// come is added at the end.
export function held(before, after) {
  const wanted = new Map(after.map((entry) => [entry.id, entry]));
  const kept = before.filter(({ id }) => wanted.has(id)).map(({ id }) => wanted.get(id));
  const known = new Set(kept);
  return [...kept, ...after.filter((entry) => !known.has(entry))];
}
