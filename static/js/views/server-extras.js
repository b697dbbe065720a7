// What a server can tell of itself and what would mend the rest, and what watching it costs.

import * as format from "../format.js";
import { say } from "../say.js";
import { setData, setText, slots } from "./dom.js";
import { fill } from "./server-rows.js";

const GROUPS = {
  cpu: say("CPU"),
  memory: say("Memory"),
  load: say("Load"),
  network: say("Network"),
  disk_io: say("Disk I/O"),
  pressure: say("Pressure"),
  disks: say("Disks"),
  network_disks: say("Network disks"),
  inodes: say("Inodes"),
  processes: say("Processes"),
  temperatures: say("Temperatures"),
  units: say("Units"),
  containers: say("Containers"),
  logins: say("Logins"),
};
const QUALITIES = {
  stale: say("old"),
  unsupported: say("not there"),
  denied: say("not allowed"),
  timeout: say("does not answer"),
};

export function showCapabilities(slot, capabilities, error) {
  const found = capabilities ?? [];
  const [lacking, fine] = [false, true].map((isFine) => found.filter(({ quality }) => (quality === "ok") === isFine));
  const nameOf = ({ name }) => GROUPS[name] ?? name;
  setText(slot["capabilities-fine"], fine.length ? say("In order: {groups}", { groups: fine.map(nameOf).join(", ") }) : "");
  fill(slot.capabilities, lacking, "server-capability", (row, one) => {
    const cell = slots(row);
    setText(cell.name, nameOf(one));
    setData(row, "quality", one.quality);
    setText(cell.quality, QUALITIES[one.quality] ?? one.quality);
    setText(cell.reason, one.reason);
    setText(cell.fix, one.fix);
    cell.fix.hidden = !one.fix;
  });
  const count = { fine: fine.length, all: found.length };
  setText(slot["capabilities-count"], found.length ? say("{fine} of {all}", count) : "");
  const empty = capabilities ? say("No sample has told it yet.") : error;
  setText(slot["capabilities-empty"], found.length ? "" : empty);
  slot["capabilities-empty"].hidden = found.length > 0 || !empty;
}

// `footprint` is undefined as long as nothing is known, null while nobody asks the server.
export function showFootprint(slot, footprint, error) {
  const facts = footprint ? factsOf(footprint) : [];
  const list = slot.footprint;
  while (list.children.length > facts.length) list.lastElementChild.remove();
  facts.forEach(([name, value], i) => {
    const row = list.children[i] ?? list.appendChild(makeRow());
    setText(row.children[0], name);
    setText(row.children[1], value);
  });
  const empty = footprint === null ? say("It is not polled now.") : error;
  setText(slot["footprint-empty"], facts.length ? "" : empty);
  slot["footprint-empty"].hidden = facts.length > 0 || !empty;
}

const number = (value) => say("{number}", { number: value });

function factsOf(f) {
  const interval = { seconds: f.intervalSeconds ?? 0 };
  return [
    [say("Polls"), f.polls !== null && number(f.polls)],
    [say("One poll each"), f.isSlowed ? say("{seconds} s, slowed down to spare it", interval) : say("{seconds} s", interval)],
    [say("Sent a poll"), f.sentBytes !== null && format.words(format.bytes(f.sentBytes))],
    [say("Received a poll"), f.receivedBytes !== null && format.words(format.bytes(f.receivedBytes))],
    [say("CPU time a poll"), f.cpuMilliseconds !== null && say("{number} ms", { number: f.cpuMilliseconds })],
    [say("Programs started a poll"), f.forks !== null && number(f.forks)],
    [say("Logins"), f.logins !== null && number(f.logins)],
    [say("Broken connections"), f.brokenConnections !== null && number(f.brokenConnections)],
    [say("Lines in its log"), f.logLines !== null && number(f.logLines)],
    [say("Since"), f.since !== null && format.date(f.since)],
  ].filter(([, value]) => value);
}

function makeRow() {
  const [row, name, value] = ["div", "dt", "dd"].map((tag) => document.createElement(tag));
  row.append(name, value);
  return row;
}
