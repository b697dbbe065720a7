// What a server's page lists: disks, processes, units, containers, interfaces, logins, cores.

import { markFor } from "../alerts.js";
import * as format from "../format.js";
import { whyUnknown } from "../health.js";
import { diskKey } from "../panels.js";
import { say } from "../say.js";
import { clone, setData, setQuantity, setText, slots } from "./dom.js";

// state: { server, alerts, details, curves, at }
export function showDisks(slot, { server, alerts, details, curves, at }) {
  const disks = (server.metrics?.disks ?? []).map((disk) => ({
    ...disk,
    used: at === null ? disk.used : (curves.at(diskKey(disk.mount), at)?.y ?? null),
    inodes: details?.metrics?.inodes.get(disk.mount),
  }));
  fill(slot.disks, disks, "server-volume", (row, disk) => {
    const cell = slots(row);
    setText(cell.mount, disk.mount);
    setQuantity(cell.used, format.percent(disk.used), say("Not known of that time"));
    cell.meter.style.setProperty("--used", String((disk.used ?? 0) / 100));
    setText(cell.size, at === null ? sizeOf(disk) : "");
    setText(cell.inodes, at === null ? inodesOf(disk.inodes) : "");
    setText(cell.device, [disk.device, disk.kind].filter(Boolean).join(" · "));
    setData(row, "status", at === null ? markFor(alerts, ["disk", "inode"], disk.mount) : "");
  });
  showEmpty(slot["disks-empty"], disks.length ? "" : whyUnknown(server, say("Disks")));
}

const sizeOf = ({ usedBytes, totalBytes }) =>
  say("{used} of {total}", { used: format.words(format.bytes(usedBytes)), total: format.words(format.bytes(totalBytes)) });

const inodesOf = (inodes) =>
  inodes && inodes.used !== null ? say("inodes {percent}", { percent: format.words(format.percent(inodes.used)) }) : "";

// The lists that are known of now alone.
export function showLists(slot, { server, alerts, details }) {
  const found = details?.metrics;
  const reason = (group) => found?.reasons.get(group) || "";
  const memory = server.metrics?.processes ?? null;
  showTable(slot, "memory", memory?.length ? memory : null, reason("processes") || whyUnknown(server, say("Processes")), "", (one) => [
    [named(one)],
    [one.user],
    [format.words(format.bytes(one.rssBytes)), "number"],
    [format.words(format.percent(one.used)), "number", markFor(alerts, ["proc"], String(one.pid))],
  ]);
  if (!details) return;
  showTable(slot, "busy", found?.busy, reason("processes") || say("Not known yet: it takes two readings."), say("No process used the CPU."), (one) => [
    [named(one)],
    [one.user],
    [format.words(format.percent(one.cpu)), "number"],
  ]);
  showTable(slot, "units", found?.failedUnits, reason("units") || say("Not known."), say("No unit has failed."), (one) => [
    [one.name, "", "alert"],
    [one.description],
  ]);
  showTable(slot, "containers", found?.containers, reason("containers") || say("Not known."), say("No container exists."), (one) => [
    [one.name],
    [one.image],
    [one.status || one.state, "", ["running", "created"].includes(one.state) ? "" : "warning"],
  ]);
  showTable(slot, "interfaces", found?.interfaces, reason("network") || say("Not known."), say("There is no interface."), (one) => [
    [one.name],
    [`↓ ${format.words(format.rate(one.receivedRate))}`, "number"],
    [`↑ ${format.words(format.rate(one.sentRate))}`, "number"],
    [one.errors || one.drops ? say("{errors} errors, {drops} drops", { errors: one.errors ?? 0, drops: one.drops ?? 0 }) : say("no errors")],
  ]);
  showTable(slot, "logins", found?.logins, reason("logins") || say("Not known."), say("Nobody is logged in."), (one) => [
    [one.user],
    [one.origin],
    [one.terminal],
    [one.since],
  ]);
  showCores(slot, found?.cores ?? []);
}

const named = ({ command, name, pid }) => `${command || name}${pid === null ? "" : ` (${pid})`}`;

function showCores(slot, cores) {
  slot["cores-part"].hidden = cores.length === 0;
  fill(slot.cores, cores, "server-core", (row, { core, used }) => {
    const cell = slots(row);
    setText(cell.name, String(core));
    setQuantity(cell.used, format.percent(used), "");
    cell.meter.style.setProperty("--used", String((used ?? 0) / 100));
  });
}

// Rows of a table; `unknown` says why there are none to show, `none` that there is nothing.
function showTable(slot, name, items, unknown, none, cellsOf) {
  const rows = items ?? [];
  const body = slot[name];
  while (body.rows.length > rows.length) body.lastElementChild.remove();
  rows.forEach((item, i) => showCells(body.rows[i] ?? body.insertRow(), cellsOf(item)));
  slot[`${name}-table`].hidden = rows.length === 0;
  setText(slot[`${name}-count`], rows.length ? String(rows.length) : "");
  showEmpty(slot[`${name}-empty`], rows.length ? "" : items ? none : unknown);
}

function showCells(row, cells) {
  cells.forEach(([text, kind = "", mark = ""], i) => {
    const cell = row.cells[i] ?? row.insertCell();
    cell.className = kind || "clip";
    if (!kind) cell.dataset.clip = "";
    cell.dir = kind ? "" : "auto";
    setText(cell, text);
    setData(cell, "status", mark);
  });
}

function showEmpty(element, text) {
  setText(element, text);
  element.hidden = text === "";
}

export function fill(list, items, template, show) {
  while (list.children.length > items.length) list.lastElementChild.remove();
  items.forEach((item, i) => show(list.children[i] ?? list.appendChild(clone(template)), item));
}
