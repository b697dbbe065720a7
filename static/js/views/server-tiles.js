// Four tiles: CPU, memory, the fullest disk and the load, each with its value, its last
// fifteen minutes, and what it is measured against.

import { markFor } from "../alerts.js";
import * as format from "../format.js";
import { whyUnknown } from "../health.js";
import { diskKey } from "../panels.js";
import { say, sayMany } from "../say.js";
import { path } from "../spark.js";
import { clone, setData, setQuantity, setText, slots } from "./dom.js";

const DISK = diskKey("");
const SCALE = { percent: 100 };

// state: { server, alerts, details, curves, recent, at: instant or null, nowMs }
export function showTiles(element, state) {
  const tiles = tilesOf(state);
  while (element.children.length < tiles.length) element.append(clone("server-tile"));
  tiles.forEach((tile, i) => showTile(element.children[i], tile, state));
}

function showTile(element, { title, item, quantity, why, limit, mark, key, most }, { recent, at, nowMs }) {
  const slot = slots(element);
  setText(slot.title, title);
  setText(slot.item, item);
  setQuantity(slot.value, quantity, why);
  setText(slot.limit, limit);
  setData(element, "status", mark);
  const points = at === null ? recent.points(key) : [];
  const last = `${key} ${points.at(-1)?.x ?? ""} ${points.length}`;
  if (slot.spark.dataset.last === last) return;
  slot.spark.dataset.last = last;
  const top = most ?? Math.max(1, ...points.map(({ y }) => y ?? 0));
  const share = ({ y }) => (y === null ? null : Math.min(100, (100 * y) / top));
  slot.spark.setAttribute("d", path(points.map((p) => ({ ...p, at: p.x })), share, nowMs));
}

function tilesOf({ server, alerts, details, curves, at }) {
  const { metrics } = server;
  const past = (key) => curves.at(key, at)?.y ?? null;
  const value = (key, now) => (at === null ? (now ?? null) : past(key));
  const why = (what) => (at === null ? whyUnknown(server, what) : say("Not known of that time"));
  const limits = details?.thresholds;
  const against = (limit) => (limit ? say("alert at {percent} %", { percent: limit }) : "");
  const mark = (kinds, item) => (at === null ? markFor(alerts, kinds, item) : "");
  const disk = fullest(metrics, curves, at);
  const cores = metrics?.cpu?.cores;
  const percent = (key, now) => format.percent(value(key, now));
  return [
    {
      title: say("CPU"),
      item: "",
      quantity: percent("cpu_used_percent", metrics?.cpu?.used),
      why: why(say("CPU")),
      limit: against(limits?.cpu),
      mark: mark(["cpu"]),
      key: "cpu_used_percent",
      most: SCALE.percent,
    },
    {
      title: say("Memory"),
      item: "",
      quantity: percent("memory_used_percent", metrics?.memory?.used),
      why: why(say("Memory")),
      limit: against(limits?.memory),
      mark: mark(["mem"]),
      key: "memory_used_percent",
      most: SCALE.percent,
    },
    {
      title: say("Fullest disk"),
      item: disk?.mount ?? "",
      quantity: format.percent(disk?.used ?? null),
      why: why(say("Disks")),
      limit: against(limits?.disk),
      mark: disk ? mark(["disk", "inode"], disk.mount) : "",
      key: diskKey(disk?.mount ?? ""),
      most: SCALE.percent,
    },
    {
      title: say("Load"),
      item: "",
      quantity: format.load(value("load_one_minute", metrics?.load?.[0])),
      why: why(say("Load")),
      limit: cores ? sayMany(cores, "{n} core", "{n} cores") : "",
      mark: "",
      key: "load_one_minute",
      most: null,
    },
  ];
}

function fullest(metrics, curves, at) {
  const then = () =>
    curves.keys
      .filter((key) => key.startsWith(DISK))
      .map((key) => ({ mount: key.slice(DISK.length), used: curves.at(key, at)?.y ?? null }));
  const disks = (at === null ? (metrics?.disks ?? []) : then()).filter(({ used }) => used !== null);
  return disks.reduce((most, disk) => (most && most.used >= disk.used ? most : disk), null);
}
