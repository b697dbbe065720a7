// What the first protocol says, and GET /api/state with it: all servers by masked URL.

import { isObject } from "./json.js";
import { cpu, disk, group, list, news, number, parsed, process, storage, text, time } from "./wire.js";

// `network` and `load` are undefined here: this shape never carries them.
function stateMetrics(m) {
  return {
    hostname: text(m.hostname),
    uptimeSeconds: number(m.uptimeSeconds),
    cpu: group(m.cpu, (c) => cpu(c.cores, c.usedPercent, c.modelName)),
    memory: group(m.memory, (g) => storage(g.total, g.used, g.usedPercent)),
    disks: list(m.disks).map((d) => disk(d, d.total, d.used, d.usedPercent)),
    processes: list(m.topProcsByMem).map((p) => process(p, p.rssBytes, p.percentRAM)),
    takenAt: time(m.generatedAtUtc),
  };
}

// The body of GET /api/state and the data of a metrics_update: by masked URL.
export function readState(body) {
  const entries = Object.entries(isObject(body) ? body : {}).filter(([, m]) => isObject(m));
  return new Map(entries.map(([url, m]) => [text(url), stateMetrics(m)]));
}

// One frame; null for a type that this page does not know.
export function readFrame(frame) {
  const message = parsed(frame);
  if (message?.type === "metrics_update") return { kind: "metrics", metrics: readState(message.data) };
  return message?.type === "alert" ? { kind: "news", news: news(message.alert_type, message) } : null;
}
