// What REST says of one server alone, read as wire.js reads the rest: its details, its
// history, its alerts, what it can tell and what watching it costs.

import { readAlerts, readServer } from "./answers.js";
import { isObject } from "./json.js";
import { group, list, number, text, time } from "./wire.js";

const rowsOf = (value, make) => (Array.isArray(value) ? list(value).map(make) : null);

function block(row) {
  return {
    name: text(row.name),
    isLayered: row.is_layered === true,
    readRate: number(row.read_bytes_rate),
    writtenRate: number(row.written_bytes_rate),
    used: number(row.used_percent),
  };
}

const pressure = (found) =>
  Object.fromEntries(["cpu", "memory", "io"].map((name) => [name, number(found[name]?.some_percent)]));

const temperature = (row) => ({
  chip: text(row.chip),
  name: text(row.name),
  celsius: number(row.celsius),
  critical: number(row.critical_celsius),
});

const busy = (row) => ({
  pid: number(row.pid),
  name: text(row.name),
  user: text(row.username),
  command: text(row.cmdline),
  cpu: number(row.cpu_percent),
});

const container = (row) => ({
  name: text(row.name),
  image: text(row.image),
  state: text(row.state),
  status: text(row.status),
  engine: text(row.engine),
});

const login = (row) => ({
  user: text(row.username),
  terminal: text(row.terminal),
  since: text(row.since),
  origin: text(row.origin),
});

const networkInterface = (row) => ({
  name: text(row.name),
  receivedBytes: number(row.bytes_recv),
  sentBytes: number(row.bytes_sent),
  receivedRate: number(row.bytes_recv_rate),
  sentRate: number(row.bytes_sent_rate),
  errors: sum(row.errors_in, row.errors_out),
  drops: sum(row.drops_in, row.drops_out),
});

const sum = (a, b) => (number(a) === null || number(b) === null ? null : a + b);

const inodes = (row) => ({
  mount: text(row.mountpoint),
  used: number(row.inodes_used_percent),
  total: number(row.inodes_total),
});

const reasons = (quality) =>
  new Map(Object.entries(isObject(quality) ? quality : {}).map(([name, one]) => [name, text(one?.reason)]));

function metrics(m) {
  return {
    takenAt: time(m.generated_at_utc),
    cores: rowsOf(m.cpu?.per_core, (row) => ({ core: number(row.core), used: number(row.used_percent) })),
    interfaces: rowsOf(m.network?.interfaces, networkInterface),
    inodes: new Map(list(m.disks).map(inodes).map((one) => [one.mount, one])),
    swapTotalBytes: number(m.memory?.swap_total_bytes),
    blockDevices: rowsOf(m.block_devices, block),
    pressure: group(m.pressure, pressure),
    temperatures: rowsOf(m.temperatures, temperature),
    busy: rowsOf(m.top_processes_by_cpu, busy),
    unitsState: text(m.units_state),
    failedUnits: rowsOf(m.failed_units, (row) => ({ name: text(row.name), description: text(row.description) })),
    containers: rowsOf(m.containers, container),
    logins: rowsOf(m.logins, login),
    system: group(m.system, (s) => ({ os: text(s.os), kernel: text(s.kernel), architecture: text(s.architecture) })),
    reasons: reasons(m.quality),
  };
}

// The body of GET /api/v1/servers/{id}.
export function readDetails(body) {
  const data = isObject(body?.data) ? body.data : {};
  const limits = isObject(data.thresholds) ? data.thresholds : {};
  return {
    server: readServer(body),
    metrics: group(data.metrics, metrics),
    thresholds: {
      cpu: number(limits.cpu_percent),
      memory: number(limits.memory_percent),
      disk: number(limits.disk_percent),
    },
  };
}

const numbers = (values) => (Array.isArray(values) ? values.map(number) : []);

function curvesOf(found, suffix = "") {
  return Object.entries(isObject(found) ? found : {}).map(([name, curve]) => [
    `${text(name)}${suffix}`,
    { average: numbers(curve?.avg), least: numbers(curve?.min), most: numbers(curve?.max) },
  ]);
}

// The body of GET /api/v1/servers/{id}/history: curves by metric, those of disks by
// "metric:mount".
export function readHistory(body) {
  const data = isObject(body?.data) ? body.data : {};
  const disks = Object.entries(isObject(data.disks) ? data.disks : {});
  return {
    from: time(data.from),
    to: time(data.to),
    stepMs: (number(data.step_seconds) ?? 0) * 1000,
    tier: text(data.tier),
    at: (Array.isArray(data.at) ? data.at : []).map(time),
    samples: numbers(data.samples),
    curves: new Map([
      ...curvesOf(data.metrics),
      ...disks.flatMap(([mount, found]) => curvesOf(found, `:${text(mount)}`)),
    ]),
  };
}

// The body of GET /api/v1/history: for how long at most something is kept.
export const readReach = (body) =>
  Math.max(0, ...list(body?.data?.tiers).map(({ days }) => number(days) ?? 0)) * 86_400_000;

// The body of GET /api/v1/alerts: episodes, `endedAt` null while one lasts.
export function readEpisodes(body) {
  const rows = list(body?.data?.alerts);
  const ends = rows.map((row) => time(row.resolved_at));
  return readAlerts({ data: rows }).map((alert, i) => ({ ...alert, endedAt: ends[i] }));
}

// The body of GET /api/v1/servers/{id}/capabilities.
export function readCapabilities(body) {
  const found = Object.entries(isObject(body?.data) ? body.data : {}).filter(([, one]) => isObject(one));
  return found.map(([name, one]) => ({
    name: text(name),
    quality: text(one.quality),
    at: time(one.at),
    reason: text(one.reason),
    fix: text(one.fix),
  }));
}

// The body of GET /api/v1/servers/{id}/footprint; null while nobody asks the server.
export const readFootprint = (body) =>
  group(body?.data, (f) => ({
    since: time(f.since),
    polls: number(f.polls),
    intervalSeconds: number(f.interval_seconds),
    isSlowed: f.is_slowed === true,
    sentBytes: number(f.sent_bytes_per_poll),
    receivedBytes: number(f.received_bytes_per_poll),
    forks: number(f.forks_per_poll),
    cpuMilliseconds: number(f.cpu_milliseconds_per_poll),
    logins: number(f.logins),
    brokenConnections: number(f.broken_connections),
    logLines: number(f.log_lines),
  }));
