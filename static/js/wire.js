// The only file that knows JSON keys. It turns what the server sends into the
// values that the rest of the page works with: camelCase, times in milliseconds,
// null for what is not known. Text from a server is hostile: it is bounded here
// and cleared of control characters, and views only ever set it as text.

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

const cpu = (cores, used, model) => ({ cores: number(cores), used: number(used), model: text(model) });
const storage = (total, used, percent) => ({
  totalBytes: number(total),
  usedBytes: number(used),
  used: number(percent),
});

function disk(row, total, used, percent) {
  return {
    mount: text(row.mountpoint),
    device: text(row.device),
    kind: text(row.fstype),
    ...storage(total, used, percent),
  };
}

function process(row, rss, percent) {
  return {
    pid: number(Number(row.pid ?? NaN)),
    name: text(row.name),
    user: text(row.username),
    command: text(row.cmdline),
    rssBytes: number(rss),
    used: number(percent),
  };
}

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

// The rows of a list; monserv.v2 has an object instead, keyed by one field of the rows and
// without an order: there `before(a, b)` says which.
function rows(value, key, before) {
  if (!isObject(value)) return list(value);
  const found = Object.entries(value).filter(([, row]) => isObject(row));
  return found.map(([name, row]) => ({ ...row, [key]: name })).sort(before);
}

const byName = (key) => (a, b) => compareNames(a[key], b[key]);
const byMemory = (a, b) => (number(b.rss_bytes) ?? 0) - (number(a.rss_bytes) ?? 0);

// What a value makes is made when somebody looks: of most servers nobody does.
function later(object, name, make) {
  const get = () => {
    const value = make();
    Object.defineProperty(object, name, { value, enumerable: true });
    return value;
  };
  Object.defineProperty(object, name, { get, configurable: true, enumerable: true });
  return object;
}

function network(n) {
  const made = { sentRate: number(n.bytes_sent_rate), receivedRate: number(n.bytes_recv_rate) };
  return later(made, "interfaces", () =>
    rows(n.interfaces, "name", byName("name")).map((i) => ({
      name: text(i.name),
      sentBytes: number(i.bytes_sent),
      receivedBytes: number(i.bytes_recv),
    })),
  );
}

function resourceMetrics(m) {
  const made = {
    hostname: text(m.hostname),
    uptimeSeconds: number(m.uptime_seconds),
    cpu: group(m.cpu, (c) => ({
      ...cpu(c.cores, c.used_percent, c.model_name),
      iowait: number(c.iowait_percent),
      steal: number(c.steal_percent),
    })),
    memory: group(m.memory, (g) => ({
      ...storage(g.total_bytes, g.used_bytes, g.used_percent),
      swapUsedBytes: number(g.swap_used_bytes),
    })),
    takenAt: time(m.generated_at_utc),
    network: group(m.network, network),
    load: group(m.load, (l) => [l.one_minute, l.five_minutes, l.fifteen_minutes].map(number)),
  };
  later(made, "disks", () =>
    rows(m.disks, "mountpoint", byName("mountpoint")).map((d) =>
      disk(d, d.total_bytes, d.used_bytes, d.used_percent),
    ),
  );
  return later(made, "processes", () =>
    rows(m.top_processes_by_memory, "pid", byMemory).map((p) =>
      process(p, p.rss_bytes, p.percent_ram),
    ),
  );
}

function server(s) {
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
    metrics: group(s.metrics, resourceMetrics),
  };
}

// What a person once typed is shown in a form as it is stored, not as a view shows it:
// else saving a change would change more.
const typed = (value) => (typeof value === "string" ? value : "");

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

function step(s) {
  return {
    name: text(s.name),
    state: text(s.state),
    detail: text(s.detail),
    seconds: number(s.duration_seconds),
  };
}

const hostKey = (k) => ({
  type: text(k.type),
  fingerprint: text(k.fingerprint),
  known: k.known === true,
  acceptable: k.acceptable === true,
});

// An alert's id is "<masked url>|<kind>" or "<masked url>|<kind>|<item>".
function alert(a) {
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
    kind,
    item: item.join("|"),
  };
}

// The body of GET /api/state and the data of a metrics_update: by masked URL.
export function readState(body) {
  const entries = Object.entries(isObject(body) ? body : {}).filter(([, m]) => isObject(m));
  return new Map(entries.map(([url, m]) => [text(url), stateMetrics(m)]));
}

const news = (kind, m) => ({
  kind: text(kind),
  subject: text(m.subject),
  message: text(m.message),
});

const texts = (value) => (Array.isArray(value) ? value : []).map(text);

const entries = (value) =>
  new Map(Object.entries(isObject(value) ? value : {}).map(([id, one]) => [text(id), one]));

// What monserv.v2 says, by type. States and patches stay as they came, since patches are
// applied to states; `readKeyed` reads them.
const KEYED = {
  hello: () => ({ kind: "hello" }),
  snapshot: (m) => ({ kind: "snapshot", states: entries(m.servers), alerts: list(m.alerts).map(alert) }),
  delta: (m) => ({ kind: "delta", patches: entries(m.servers) }),
  alert: (m) => ({ kind: "news", news: news(m.alert_type, m.alert), alert: alert(m.alert) }),
  error: (m) => ({ kind: "error", code: text(m.code), message: text(m.message) }),
};

function keyedFrame(message) {
  const { type, epoch, seq } = message;
  if (!Object.hasOwn(KEYED, type) || (type === "alert" && !isObject(message.alert))) return null;
  return { ...KEYED[type](message), epoch: text(epoch), seq: number(seq) ?? -1 };
}

// One WebSocket frame; null for a type that this page does not know. Frames of monserv.v2
// have an epoch, those of the plain stream do not.
export function readFrame(frame) {
  let message;
  try {
    message = JSON.parse(frame);
  } catch {
    return null;
  }
  if (typeof message?.epoch === "string") return keyedFrame(message);
  if (message?.type === "metrics_update") return { kind: "metrics", metrics: readState(message.data) };
  return message?.type === "alert" ? { kind: "news", news: news(message.alert_type, message) } : null;
}

// One server of monserv.v2; its id is its key.
export const readKeyed = (id, state) => server({ ...(isObject(state) ? state : {}), id });

export const writeSubscribe = () => JSON.stringify({ type: "subscribe" });

export const writeResume = (epoch, seq) => JSON.stringify({ type: "resume", epoch, seq });

export const readServers = (body) => list(body?.data?.servers).map(server);

export const readAlerts = (body) => list(body?.data).map(alert);

export function readTrends(body) {
  const trends = isObject(body?.data?.trends) ? body.data.trends : {};
  return new Map(
    Object.entries(trends).map(([id, trend]) => [
      text(id),
      (Array.isArray(trend?.points) ? trend.points : [])
        .filter((point) => Array.isArray(point) && time(point[0]) !== null)
        .map((point) => ({ at: time(point[0]), cpu: number(point[1]), memory: number(point[2]) })),
    ]),
  );
}

// The host keys of a server that are known, and the one that it shows instead, or null.
export function readHostKeys(body) {
  const data = isObject(body?.data) ? body.data : {};
  const key = (k) => ({ type: text(k.type), fingerprint: text(k.fingerprint), since: time(k.since) });
  return {
    state: text(data.state),
    explanation: text(data.explanation),
    known: list(data.known).map((k) => ({
      ...key(k),
      place: text(k.place),
      isAccepted: k.accepted === true,
    })),
    offered: group(data.offered, key),
  };
}

export const readServer = (body) => server(body?.data ?? {});

// The result of a connection test.
const readTrial = (data) => ({
  passed: data.passed === true,
  steps: list(data.steps).map(step),
  hostKey: group(data.host_key, hostKey),
});

// One line of a connection test that is told as it goes: { step, hostKey } for a step that
// is over, { result } at the end; null for what says neither.
export function readTestLine(text) {
  let line;
  try {
    line = JSON.parse(text);
  } catch {
    return null;
  }
  if (isObject(line?.trial)) return { result: readTrial(line.trial) };
  if (!isObject(line?.step)) return null;
  return { step: step(line.step), hostKey: group(line.host_key, hostKey) };
}

// The servers that a file names, as monserv previews them.
export function readImport(body) {
  const data = isObject(body?.data) ? body.data : {};
  return {
    servers: list(data.servers).map((s) => ({
      ...Object.fromEntries(["name", "host", "username", "jump", "key", "tags", "problem"].map((key) => [key, typed(s[key])])),
      port: number(s.port) ?? 22,
      known: typeof s.known === "string" ? s.known : null,
      remarks: texts(s.remarks),
    })),
    remarks: texts(data.remarks),
  };
}

// Who looks at this page and what they may do; a viewer changes nothing.
export function readSession(body) {
  const session = isObject(body?.data) ? body.data : {};
  const csrf = typed(session.csrf_token);
  return {
    canManage: ["operator", "admin"].includes(session.role),
    headers: csrf ? { "X-CSRF-Token": csrf } : {},
  };
}

// What a form says of a server, as a body; a port that is no number is left to monserv.
export function writeServer(values) {
  const { port, ...rest } = values;
  const isNumber = port !== undefined && /^\d+$/.test(port);
  return JSON.stringify(port === undefined ? rest : { ...rest, port: isNumber ? Number(port) : port });
}

// The body of GET /api/v1/notifications.
export function readNotifications(body) {
  return {
    channels: list(body?.data?.channels).map((c) => ({
      name: text(c.name),
      service: text(c.service),
      target: text(c.target),
    })),
    deliveries: list(body?.data?.deliveries).map((d) => ({
      channel: text(d.channel),
      state: text(d.state),
      kind: text(d.alert_type),
      hostname: text(d.hostname),
      subject: text(d.subject),
      message: text(d.message),
      attempts: number(d.attempts) ?? 0,
      happenedAt: time(d.happened_at),
      dueAt: time(d.due_at),
      finishedAt: time(d.finished_at),
      lastError: text(d.last_error),
    })),
    total: number(body?.data?.total) ?? 0,
  };
}

// The body of POST /api/v1/notifications/test: what happened to the message.
export const readChannelTest = (body) => ({
  isSent: body?.data?.sent === true,
  error: text(body?.data?.error),
});

export const readError = (body) => text(body?.error);

// What an error says of each field, its first sentence.
export function readFieldErrors(body) {
  const errors = isObject(body?.errors) ? body.errors : {};
  const first = (said) => text(Array.isArray(said) ? said[0] : said);
  return Object.fromEntries(Object.entries(errors).map(([field, said]) => [field, first(said)]));
}
