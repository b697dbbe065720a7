// The strip above everything: the active alerts, present only while there are any.

import { culprit, markOf, plainSubject, sorted } from "../alerts.js";
import { ago, exactTime } from "../format.js";
import { serverPath } from "../route.js";
import { say, sayMany } from "../say.js";
import { clone, isPhone, setData, setHref, setText, setTip, slots } from "./dom.js";

// A phone has room for two alerts above what they are about.
const SHOWN = { wide: 4, narrow: 2 };
const WORDS = { alert: say("Alert"), warning: say("Warning") };

// state: { alerts, servers: Map by id, nowMs }
export function showAttention(element, { alerts, servers, nowMs }) {
  element.hidden = alerts.length === 0;
  const [list, more] = element.children;
  const room = isPhone() ? SHOWN.narrow : SHOWN.wide;
  const fits = alerts.length <= room + 1;
  const open = fits || element.dataset.open === "true";
  const nameOf = (alert) => servers.get(alert.serverId)?.name || alert.hostname;
  const shown = sorted(alerts, nameOf).slice(0, open ? undefined : room);
  while (list.children.length > shown.length) list.lastElementChild.remove();
  shown.forEach((alert, i) => {
    const row = list.children[i] ?? list.appendChild(clone("attention-row"));
    showRow(row, alert, nameOf(alert), servers.get(alert.serverId), nowMs);
  });
  setData(element, "severity", alerts.some((a) => markOf(a) === "alert") ? "alert" : "warning");
  more.hidden = fits;
  more.ariaExpanded = String(open);
  setText(more, open ? say("Show fewer") : sayMany(alerts.length, "Show {n} alert", "Show all {n} alerts"));
}

export function connectAttention(element, onToggle) {
  element.querySelector("button").addEventListener("click", () => {
    element.dataset.open = String(element.dataset.open !== "true");
    onToggle();
  });
}

function showRow(row, alert, name, server, nowMs) {
  const slot = slots(row);
  setData(row, "status", markOf(alert));
  setText(slot.severity, WORDS[markOf(alert)]);
  setText(slot.server, name);
  setHref(slot.server, serverPath(alert.serverId));
  setText(slot.what, `${alert.message || plainSubject(alert.subject)}${culprit(alert, server)}`);
  setText(slot.since, alert.triggeredAt === null ? "" : ago(nowMs - alert.triggeredAt, alert.triggeredAt));
  setTip(slot.since, alert.triggeredAt === null ? "" : exactTime(alert.triggeredAt));
}
