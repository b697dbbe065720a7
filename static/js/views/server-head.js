// The head of a server's page: its name, how it does, and one line of facts.

import { bytes, date, duration, exactTime, words } from "../format.js";
import { note, shownStatus, staleAge, statusWord } from "../health.js";
import { say, sayMany } from "../say.js";
import { setData, setText, setTip } from "./dom.js";

// state: { server, alerts, details, nowMs, intervalMs }
export function showHead(slot, state) {
  const { server, alerts } = state;
  setData(slot.title, "status", shownStatus(server));
  setText(slot.name, server.name);
  setText(slot.status, statusWord(server));
  showServerAge(slot, state);
  showFacts(slot.facts, factsOf(state));
  const said = noteOf(server, alerts);
  setText(slot.note, said);
  setData(slot.note, "status", shownStatus(server));
  slot.note.hidden = said === "";
}

export function showServerAge(slot, { server, nowMs, intervalMs }) {
  const age = staleAge(server, nowMs, intervalMs);
  const takenAt = server.metrics?.takenAt ?? null;
  setText(slot.age, age);
  setTip(slot.age, age && takenAt ? exactTime(takenAt) : "");
  slot.body.toggleAttribute("data-stale", age !== "");
}

// What is wrong, and from when the values are that are shown all the same.
function noteOf(server, alerts) {
  const wrong = note(server, alerts);
  const takenAt = server.metrics?.takenAt ?? null;
  if (server.status !== "offline" || takenAt === null) return wrong;
  return say("{wrong}. The values are from {when}.", { wrong: wrong.replace(/\.$/, ""), when: date(takenAt) });
}

function factsOf({ server, details }) {
  const { metrics } = server;
  const system = details?.metrics?.system;
  const cores = metrics?.cpu?.cores;
  const total = metrics?.memory?.totalBytes ?? null;
  const uptime = metrics?.uptimeSeconds ?? null;
  return [
    [say("Hostname"), metrics?.hostname],
    [say("System"), system?.os],
    [say("Kernel"), system && [system.kernel, system.architecture].filter(Boolean).join(" ")],
    [say("Processor"), cores && sayMany(cores, "{n} core", "{n} cores"), metrics?.cpu?.model],
    [say("Memory"), total !== null && words(bytes(total))],
    [say("Uptime"), uptime !== null && say("up {time}", { time: duration(uptime) })],
    [say("URL"), server.url],
    [say("Tags"), server.tags.replaceAll(",", ", ")],
  ].filter(([, value]) => value);
}

function showFacts(list, facts) {
  while (list.children.length > facts.length) list.lastElementChild.remove();
  facts.forEach(([name, value, tip], i) => {
    const item = list.children[i] ?? list.appendChild(makeFact());
    setText(item.children[0], `${name}: `);
    setText(item.children[1], value);
    setTip(item, tip ?? "");
  });
}

function makeFact() {
  const [item, name, value] = ["li", "span", "span"].map((tag) => document.createElement(tag));
  name.className = "sr";
  value.dir = "auto";
  item.append(name, value);
  return item;
}
