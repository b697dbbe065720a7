// The charts of a server page: which metrics each shows, in which unit, and what else is drawn
// in it. Pure.

import * as format from "./format.js";
import { say } from "./say.js";

const DISKS_A_PANEL = 6;
const DISK = "disk_used_percent:";

const UNITS = {
  percent: format.percent,
  bytes: format.bytes,
  rate: format.rate,
  load: format.load,
  degrees: (celsius) => celsius === null ? null : { ...format.percent(celsius), unit: "°C" },
};

// Of a panel: `kinds` are the alerts whose time is marked, `limit` the threshold that is drawn,
// `group` the part of a server whose absence explains an empty panel.
const PANELS = [
  {
    id: "cpu",
    title: say("CPU"),
    unit: "percent",
    kinds: ["cpu"],
    limit: "cpu",
    group: "cpu",
    series: [
      ["cpu_used_percent", say("used")],
      ["cpu_iowait_percent", say("I/O wait")],
      ["cpu_steal_percent", say("steal")],
    ],
  },
  {
    id: "memory",
    title: say("Memory"),
    unit: "percent",
    kinds: ["mem"],
    limit: "memory",
    group: "memory",
    series: [["memory_used_percent", say("used")]],
  },
  {
    id: "load",
    title: say("Load, 1 minute"),
    unit: "load",
    group: "load",
    series: [["load_one_minute", say("load")]],
  },
  {
    id: "swap",
    title: say("Swap"),
    unit: "bytes",
    group: "memory",
    series: [["swap_used_bytes", say("used")]],
  },
  {
    id: "disk-io",
    title: say("Disk I/O"),
    unit: "rate",
    group: "disk_io",
    series: [
      ["disk_read_bytes_per_second", say("read")],
      ["disk_write_bytes_per_second", say("written")],
    ],
  },
  {
    id: "disk-busy",
    title: say("Busiest disk"),
    unit: "percent",
    group: "disk_io",
    series: [["disk_busy_percent", say("busy")]],
  },
  {
    id: "network",
    title: say("Network"),
    unit: "rate",
    group: "network",
    series: [
      ["network_rx_bytes_per_second", say("received")],
      ["network_tx_bytes_per_second", say("sent")],
    ],
  },
  {
    id: "pressure",
    title: say("Pressure: time tasks waited"),
    unit: "percent",
    group: "pressure",
    series: [
      ["cpu_pressure_percent", say("CPU")],
      ["memory_pressure_percent", say("memory")],
      ["io_pressure_percent", say("I/O")],
    ],
  },
  {
    id: "temperature",
    title: say("Hottest sensor"),
    unit: "degrees",
    group: "temperatures",
    series: [["temperature_celsius", say("hottest")]],
  },
];

const made = (panel) => ({
  kinds: [],
  limit: "",
  ...panel,
  series: panel.series.map(([key, name], i) => ({ key, name, colour: i })),
});

function diskPanels(keys) {
  const disks = keys.filter((key) => key.startsWith(DISK)).sort();
  const panels = [];
  for (let i = 0; i < disks.length; i += DISKS_A_PANEL) {
    panels.push({
      id: `disks-${i / DISKS_A_PANEL}`,
      title: i ? say("More disks, used") : say("Disks, used"),
      unit: "percent",
      kinds: ["disk"],
      limit: "disk",
      group: "disks",
      series: disks.slice(i, i + DISKS_A_PANEL).map((key) => [key, key.slice(DISK.length)]),
    });
  }
  return panels;
}

// The panels of which something is known, by the keys of the curves that there are, and
// those of which nothing is.
export function panelsOf(keys) {
  const there = new Set(keys);
  const isThere = ({ series }) => series.some(([key]) => there.has(key));
  const [first, rest] = [PANELS.slice(0, 2), PANELS.slice(2)];
  return {
    shown: [...first.filter(isThere), ...diskPanels(keys), ...rest.filter(isThere)].map(made),
    missing: PANELS.filter((panel) => !isThere(panel)).map(made),
  };
}

export const quantity = (unit, value) => UNITS[unit](value);

export const diskKey = (mount) => `${DISK}${mount}`;
