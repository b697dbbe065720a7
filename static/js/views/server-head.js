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

// What is known later takes its place between the others, which stay what they are: one of
// them may have the focus.
function showFacts(list, facts) {
  const before = new Map([...list.children].map((item) => [item.firstChild.textContent, item]));
  facts.forEach(([name, value, tip], i) => {
    const label = `${name}: `;
    const item = before.get(label) ?? makeFact(label);
    if (list.children[i] !== item) list.insertBefore(item, list.children[i] ?? null);
    setText(item.children[1], value);
    setTip(item, tip ?? "");
  });
  while (list.children.length > facts.length) list.lastElementChild.remove();
}

function makeFact(label) {
  const [item, name, value] = ["li", "span", "span"].map((tag) => document.createElement(tag));
  name.className = "sr";
  name.textContent = label;
  value.dir = "auto";
  item.append(name, value);
  return item;
}
