// The only file that knows JSON keys, with answers.js for REST and plain.js for the first
// protocol. What it makes of them: camelCase, times in milliseconds, null for what is not known.
// Text from a server is hostile: it is bounded here and cleared of control characters, and views
// only ever set it as text.

import { isObject } from "./json.js";
import { compareNames } from "./names.js";

const TEXT_LIMIT = 512;
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

export function text(value) {
  if (typeof value !== "string") return "";
  const short = value.length > TEXT_LIMIT ? `${value.slice(0, TEXT_LIMIT)}…` : value;
  return short.replace(CONTROL, "\ufffd");
}

export const number = (value) => (typeof value === "number" && Number.isFinite(value) ? value : null);
export const list = (value) => (Array.isArray(value) ? value.filter((item) => isObject(item)) : []);

export function time(value) {
  const at = typeof value === "string" ? Date.parse(value) : NaN;
  return Number.isNaN(at) ? null : at;
}

// A group is shown whole or not at all: one without its percent is unknown.
export const group = (value, make) => (isObject(value) ? make(value) : null);

export const cpu = (cores, used, model) => ({ cores: number(cores), used: number(used), model: text(model) });
export const storage = (total, used, percent) => ({
  totalBytes: number(total),
  usedBytes: number(used),
  used: number(percent),
});

export function disk(row, total, used, percent) {
  return {
    mount: text(row.mountpoint),
    device: text(row.device),
    kind: text(row.fstype),
    ...storage(total, used, percent),
  };
}

export function process(row, rss, percent) {
  return {
    pid: number(Number(row.pid ?? NaN)),
    name: text(row.name),
    user: text(row.username),
    command: text(row.cmdline),
    rssBytes: number(rss),
    used: number(percent),
  };
}

// The rows of a list; monserv.v2 has an object instead, keyed by one field of the rows and
// without an order: there `before(a, b)` says which.
function rows(value, key, before) {
  if (!isObject(value)) return list(value);
  const found = Object.entries(value).filter(([, row]) => isObject(row));
  return found.map(([name, row]) => ({ ...row, [key]: name })).sort(before);
}

const byName = (key) => (a, b) => compareNames(a[key], b[key]);
const byMemory = (a, b) => (number(b.rss_bytes) ?? 0) - (number(a.rss_bytes) ?? 0);

// What this makes of lists it makes when somebody looks: of most servers nobody does.
class Metrics {
  #said;
  #disks = null;
  #processes = null;

  constructor(m) {
    this.#said = m;
    this.hostname = text(m.hostname);
    this.uptimeSeconds = number(m.uptime_seconds);
    this.cpu = group(m.cpu, (c) => ({
      ...cpu(c.cores, c.used_percent, c.model_name),
      iowait: number(c.iowait_percent),
      steal: number(c.steal_percent),
    }));
    this.memory = group(m.memory, (g) => ({
      ...storage(g.total_bytes, g.used_bytes, g.used_percent),
      swapUsedBytes: number(g.swap_used_bytes),
    }));
    this.takenAt = time(m.generated_at_utc);
    this.network = group(m.network, (n) => ({
      sentRate: number(n.bytes_sent_rate),
      receivedRate: number(n.bytes_recv_rate),
    }));
    this.load = group(m.load, (l) => [l.one_minute, l.five_minutes, l.fifteen_minutes].map(number));
  }

  get disks() {
    return (this.#disks ??= rows(this.#said.disks, "mountpoint", byName("mountpoint")).map((d) =>
      disk(d, d.total_bytes, d.used_bytes, d.used_percent),
    ));
  }

  get processes() {
    return (this.#processes ??= rows(this.#said.top_processes_by_memory, "pid", byMemory).map((p) =>
      process(p, p.rss_bytes, p.percent_ram),
    ));
  }
}

export function server(s) {
  return {
    id: text(s.id),
    name: text(s.name),
    url: text(s.url),
    status: text(s.status),
    reason: text(s.reason),
    lastError: text(s.last_error),
    since: time(s.since),
    missedPolls: number(s.missed_polls) ?? 0,
    lastUpdate: time(s.last_update),
    tags: text(s.tags),
    isManaged: s.source === "managed",
    settings: settings(s),
    metrics: group(s.metrics, (m) => new Metrics(m)),
  };
}

// What a person once typed is shown in a form as it is stored, not as a view shows it:
// else saving a change would change more.
export const typed = (value) => (typeof value === "string" ? value : "");

const settings = (s) => ({
  name: typed(s.name),
  host: typed(s.host),
  port: String(number(s.port) ?? ""),
  username: typed(s.username),
  tags: typed(s.tags),
  description: typed(s.description),
  location: typed(s.location),
  jump: typed(s.jump),
});

// An alert's id is "<masked url>|<kind>" or "<masked url>|<kind>|<item>".
export function alert(a) {
  const prefix = `${text(a.server_url)}|`;
  const id = text(a.id);
  const [kind, ...item] = (id.startsWith(prefix) ? id.slice(prefix.length) : id).split("|");
  return {
    eventId: text(a.event_id),
    serverId: text(a.server_id),
    hostname: text(a.hostname),
    severity: text(a.severity),
    subject: text(a.subject),
    message: text(a.message),
    triggeredAt: time(a.triggered_at),
    isActive: a.is_active !== false,
    type: text(a.type),
    kind,
    item: item.join("|"),
  };
}

// What was pushed about an alert.
export const news = (kind, m) => ({
  kind: text(kind),
  subject: text(m.subject),
  message: text(m.message),
});

// null where it is no JSON.
export function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const entries = (value) =>
  new Map(Object.entries(isObject(value) ? value : {}).map(([id, one]) => [text(id), one]));

// News of monserv.v2 say which episode they are about.
function keyedNews(m) {
  const found = alert(m.alert);
  const { serverId, eventId, severity } = found;
  return { kind: "news", news: { ...news(m.alert_type, m.alert), serverId, eventId, severity }, alert: found };
}

// What monserv.v2 says, by type. States and patches stay as they came, since patches are
// applied to states; `readKeyed` reads them.
const KEYED = {
  hello: () => ({ kind: "hello" }),
  snapshot: (m) => ({ kind: "snapshot", states: entries(m.servers), alerts: list(m.alerts).map(alert) }),
  delta: (m) => ({ kind: "delta", patches: entries(m.servers) }),
  alert: keyedNews,
  error: (m) => ({ kind: "error", code: text(m.code), message: text(m.message) }),
};

// One frame of monserv.v2; null for one that this page does not know.
export function readFrame(frame) {
  const message = parsed(frame);
  if (typeof message?.epoch !== "string") return null;
  const { type, epoch, seq } = message;
  if (!Object.hasOwn(KEYED, type) || (type === "alert" && !isObject(message.alert))) return null;
  return { ...KEYED[type](message), epoch: text(epoch), seq: number(seq) ?? -1 };
}

// A snapshot has a line a server, to be read some at a time: the frame without them, and those.
export function readHead(text) {
  const lines = text.split("\n");
  const servers = lines.splice(1, lines.length - 2);
  return { frame: readFrame(lines.join("")), servers: servers.filter(Boolean) };
}

export function readStates(lines) {
  const text = lines.join("");
  return entries(parsed(`{${text.endsWith(",") ? text.slice(0, -1) : text}}`));
}

// One server of monserv.v2; its id is its key.
export const readKeyed = (id, state) => server({ ...(isObject(state) ? state : {}), id });

// `fields`: those of a server that are told, which early.js names.
export const writeSubscribe = (fields) => JSON.stringify({ type: "subscribe", fields });

export const writeResume = (epoch, seq, fields) => JSON.stringify({ type: "resume", epoch, seq, fields });
