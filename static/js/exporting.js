// Saves the alerts that are looked at as a file.

import { csv } from "./csv.js";
import { request } from "./journal-filter.js";

const SIZE = 1000;
// A file of more is for whoever asks the API.
const MOST = 20_000;
// A browser may begin to save only later, when it has much to do.
const KEPT_MS = 60_000;

// Those that are active first, then those that are over, the newest first -> [episodes].
export async function collect(filter, active, load, nowMs) {
  const found = new Map(active.map((one) => [one.eventId, one]));
  let before = null;
  let isEnded = filter.state === "active";
  while (!isEnded && found.size < MOST) {
    const known = found.size;
    const { alerts } = await load(request(filter, nowMs, { size: SIZE, before }));
    for (const one of alerts) if (!found.has(one.eventId)) found.set(one.eventId, one);
    isEnded = alerts.length < SIZE || found.size === known;
    before = (alerts.at(-1)?.triggeredAt ?? 0) + 1;
  }
  return [...found.values()];
}

export async function save(filter, active, load, nowMs) {
  const text = csv(await collect(filter, active, load, nowMs));
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  const link = Object.assign(document.createElement("a"), { href: address, download: "alerts.csv" });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
}
