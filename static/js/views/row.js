// One server as a row of the table.

import { markFor } from "../alerts.js";
import * as format from "../format.js";
import { note, shownStatus, staleAge, statusWord, whyUnknown } from "../health.js";
import { fullestDisk, tagsOf } from "../overview.js";
import { serverPath } from "../route.js";
import { path } from "../spark.js";
import { say } from "../say.js";
import { clone, setData, setHref, setKnown, setQuantity, setText, slots } from "./dom.js";

export const make = () => clone("line");

// state: { server, alerts, points, nowMs, intervalMs }
export function show(row, state) {
  const { server, alerts, points, nowMs } = state;
  const { metrics } = server;
  const slot = slots(row);
  const why = (what) => whyUnknown(server, what);
  setData(row, "status", shownStatus(server));
  setText(slot.name, server.name);
  setHref(slot.name.parentElement, serverPath(server.id));
  setText(slot.status, statusWord(server));
  const wrong = note(server, alerts);
  setText(slot.beside, wrong || tagsOf(server).join(", "));
  slot.beside.parentElement.toggleAttribute("data-wrong", wrong !== "");
  setData(slot.name.parentElement, "tip", wrong);
  showPercent(slot, "cpu", metrics?.cpu?.used ?? null, why(say("CPU")), markFor(alerts, ["cpu"]));
  showPercent(slot, "memory", metrics?.memory?.used ?? null, why(say("Memory")), markFor(alerts, ["mem"]));
  const disk = fullestDisk(server);
  const full = disk && markFor(alerts, ["disk", "inode"], disk.mount);
  showPercent(slot, "disk", disk?.used ?? null, why(say("Disks")), full);
  setText(slot.mount, disk?.mount ?? "");
  setQuantity(slot.received, format.rate(metrics?.network?.receivedRate ?? null), why(say("Network")));
  setQuantity(slot.sent, format.rate(metrics?.network?.sentRate ?? null), why(say("Network")));
  setQuantity(slot.load, format.load(metrics?.load?.[0] ?? null), why(say("Load")));
  const [top] = metrics?.processes ?? [];
  setKnown(slot.top, top?.name, why(say("Processes")));
  const uptime = metrics?.uptimeSeconds ?? null;
  setKnown(slot.uptime, uptime === null ? "" : format.duration(uptime), why(say("Uptime")));
  const menu = say("Actions for {name}", server);
  if (slot.menu.ariaLabel !== menu) slot.menu.ariaLabel = menu;
  showLine(slot["cpu-line"], points, (point) => point.cpu, nowMs);
  showLine(slot["memory-line"], points, (point) => point.memory, nowMs);
  showAge(row, state);
}

export function showAge(row, { server, nowMs, intervalMs }) {
  const age = staleAge(server, nowMs, intervalMs);
  const { takenAt } = server.metrics ?? {};
  const slot = slots(row);
  // Seconds that count up in every row would be all that one sees.
  setText(slot.age, age || (takenAt ? say("now") : "—"));
  setData(slot.age, "tip", takenAt ? format.exactTime(takenAt) : whyUnknown(server, say("A sample")));
  row.toggleAttribute("data-stale", age !== "");
}

function showPercent(slot, name, used, why, mark) {
  const cell = slot[name];
  setQuantity(cell, format.percent(used), why);
  setData(cell.parentElement, "status", mark);
  slot[`${name}-meter`].style.setProperty("--used", String((used ?? 0) / 100));
}

// A line is drawn anew when its last point is another one, or there are others before it, and
// no more often.
function showLine(line, points, of, nowMs) {
  const at = `${points.length} ${points.at(-1)?.at ?? ""}`;
  if (line.dataset.at === at) return;
  line.dataset.at = at;
  line.setAttribute("d", path(points, of, nowMs));
}
