// One server. The head is there for every server; the body is made when the card
// first comes into view, since most of a thousand never do.

import { markFor } from "../alerts.js";
import * as format from "../format.js";
import { acceptWord, isRefused, isWorthATry, note, shownStatus, staleAge, statusWord, whyUnknown } from "../health.js";
import { serverPath } from "../route.js";
import { say, sayMany } from "../say.js";
import { clone, forgetSlots, isPhone, setData, setHref, setKnown, setQuantity, setText, slots } from "./dom.js";
import { showRows } from "./rows.js";

const DISKS_SHOWN = 3;
const PROCESSES_SHOWN = 3;

// The trend, and what only an open card shows, come after the first sight.
let later = { showTrend: () => {}, showDetails: () => {} };
export const useLater = (found) => (later = found);

export function make(state) {
  const card = clone("card");
  showHead(card, state);
  return card;
}

export function setOpen(card, open) {
  const name = card.querySelector(".card-name");
  // On a phone the name opens the row, and the open row has the link.
  name.role = isPhone() ? "button" : null;
  name.ariaExpanded = isPhone() ? String(open) : null;
  card.toggleAttribute("data-open", open);
}

// state: { server, alerts, nowMs, intervalMs }
export function show(card, state) {
  showHead(card, state);
  // On a phone only an open card has room for more.
  if (isPhone() && !card.hasAttribute("data-open")) return;
  openBody(card);
  showBody(card, state);
  later.showTrend(card, state);
}

function openBody(card) {
  if (card.querySelector(".card-body")) return;
  card.append(clone("card-body"));
  forgetSlots(card);
}

function showHead(card, { server, alerts, nowMs, intervalMs }) {
  const slot = slots(card);
  setData(card, "status", shownStatus(server));
  card.toggleAttribute("data-never-sampled", !server.metrics);
  setText(slot.name, server.name);
  setHref(card.querySelector(".card-name"), serverPath(server.id));
  setText(slot.url, server.url);
  setText(slot.wrong, note(server, alerts));
  setText(slot.status, statusWord(server));
  const menu = say("Actions for {name}", server);
  if (slot.menu.ariaLabel !== menu) slot.menu.ariaLabel = menu;
  const why = (what) => whyUnknown(server, what);
  setQuantity(slot["brief-cpu"], format.percent(server.metrics?.cpu?.used ?? null), why(say("CPU")));
  setData(slot["brief-cpu"], "status", markFor(alerts, ["cpu"]));
  setQuantity(slot["brief-memory"], format.percent(server.metrics?.memory?.used ?? null), why(say("Memory")));
  setData(slot["brief-memory"], "status", markFor(alerts, ["mem"]));
  const uptime = server.metrics?.uptimeSeconds ?? null;
  setKnown(slot.uptime, uptime === null ? "" : format.duration(uptime), why(say("Uptime")));
  showAge(card, { server, nowMs, intervalMs });
}

export function showAge(card, { server, nowMs, intervalMs }) {
  const age = staleAge(server, nowMs, intervalMs);
  setText(slots(card).age, age);
  card.toggleAttribute("data-stale", age !== "");
}

function showBody(card, { server, alerts }) {
  const slot = slots(card);
  const open = card.hasAttribute("data-open");
  const { metrics } = server;
  const why = (what) => whyUnknown(server, what);
  setText(slot.note, note(server, alerts));
  // A login that was refused is mended in its form; one from the settings is not.
  slot.mend.hidden = !(server.isManaged && isRefused(server));
  slot.accept.hidden = acceptWord(server) === "";
  setText(slot.accept, acceptWord(server));
  slot.retry.hidden = !isWorthATry(server);
  showCpu(slot, metrics?.cpu, alerts, why(say("CPU")));
  showMemory(slot, metrics?.memory, alerts, why(say("Memory")));
  showDisks(slot.disks, metrics?.disks ?? [], alerts, open, why(say("Disks")));
  showProcesses(slot.processes, metrics?.processes ?? [], alerts, open, why(say("Processes")));
  showFacts(slot, metrics, why);
  setHref(slot.all, serverPath(server.id));
  if (open) later.showDetails(slot, server, why);
}

function showCpu(slot, cpu, alerts, why) {
  setQuantity(slot.cpu, format.percent(cpu?.used ?? null), why);
  setData(slot.cpu, "status", markFor(alerts, ["cpu"]));
  setText(slot["cpu-sub"], cpu?.cores ? sayMany(cpu.cores, "{n} core", "{n} cores") : "");
}

function showMemory(slot, memory, alerts, why) {
  setQuantity(slot.memory, format.percent(memory?.used ?? null), why);
  setData(slot.memory, "status", markFor(alerts, ["mem"]));
  setText(slot["memory-sub"], memory ? usedOf(memory) : "");
}

function usedOf({ usedBytes, totalBytes }) {
  const [used, total] = [format.bytes(usedBytes), format.bytes(totalBytes)];
  if (!used || !total) return "";
  const shown = used.unit === total.unit ? used.value : format.words(used);
  return say("{used} of {total}", { used: shown, total: format.words(total) });
}

// The fullest ones, in the server's own order, so that no row jumps.
function fullest(disks, shown) {
  const chosen = new Set([...disks].sort((a, b) => b.used - a.used).slice(0, shown));
  return disks.filter((disk) => chosen.has(disk));
}

function showDisks(list, disks, alerts, open, why) {
  const cut = !open && disks.length > DISKS_SHOWN;
  const rest = cut ? say("and {n} more, less full", { n: disks.length - DISKS_SHOWN + 1 }) : "";
  const shown = cut ? fullest(disks, DISKS_SHOWN - 1) : disks;
  showRows(list, shown, "disk-row", (row, disk) => {
    const slot = slots(row);
    setText(slot.label, disk.mount);
    setQuantity(slot.used, format.percent(disk.used), why);
    setText(slot.size, usedOf(disk));
    setData(row, "status", markFor(alerts, ["disk", "inode"], disk.mount));
    slot.meter.style.setProperty("--used", String((disk.used ?? 0) / 100));
  }, disks.length ? rest : say("Disks —"), disks.length ? "" : why);
}

function showProcesses(list, processes, alerts, open, why) {
  const shown = open ? processes : processes.slice(0, PROCESSES_SHOWN);
  showRows(list, shown, "process-row", (row, process) => {
    const slot = slots(row);
    setText(slot.label, process.command || process.name);
    setText(slot.owner, [process.pid, process.user].filter((part) => part !== "" && part !== null).join(" "));
    setQuantity(slot.size, format.bytes(process.rssBytes), why);
    setQuantity(slot.used, format.percent(process.used), why);
    setData(row, "status", markFor(alerts, ["proc"], String(process.pid)));
  }, processes.length ? "" : say("Processes —"), processes.length ? "" : why);
}

function showFacts(slot, metrics, why) {
  setQuantity(slot.received, format.rate(metrics?.network?.receivedRate ?? null), why(say("Network")));
  setQuantity(slot.sent, format.rate(metrics?.network?.sentRate ?? null), why(say("Network")));
  const averages = (metrics?.load ?? []).map((average) => format.words(format.load(average)));
  setKnown(slot.load, averages.join("  "), why(say("Load")));
}
