// What REST answers and is sent, in the values of wire.js.

import { isObject } from "./json.js";
import { alert, group, list, number, parsed, server, text, time, typed } from "./wire.js";

const texts = (value) => (Array.isArray(value) ? value : []).map(text);

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

export const readServers = (body) => list(body?.data?.servers).map(server);

export const readAlerts = (body) => list(body?.data).map(alert);

// For each server a function that reads its points: those of a thousand take a while.
export function readTrends(body) {
  const trends = isObject(body?.data?.trends) ? body.data.trends : {};
  return new Map(
    Object.entries(trends).map(([id, trend]) => [
      text(id),
      () =>
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

// The bytes that went over each interface of one server.
export const readInterfaces = (body) =>
  list(body?.data?.metrics?.network?.interfaces).map((i) => ({
    name: text(i.name),
    receivedBytes: number(i.bytes_recv),
    sentBytes: number(i.bytes_sent),
  }));

export const readServer = (body) => server(body?.data ?? {});

// The result of a connection test.
const readTrial = (data) => ({
  passed: data.passed === true,
  steps: list(data.steps).map(step),
  hostKey: group(data.host_key, hostKey),
});

// One line of a connection test that is told as it goes: { step, hostKey } for a step that
// is over, { result } at the end; null for what says neither.
export function readTestLine(said) {
  const line = parsed(said);
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
    canSet: session.role === "admin",
    headers: csrf ? { "X-CSRF-Token": csrf } : {},
  };
}

// What a form says of a server, as a body; a port that is no number is left to monserv.
export function writeServer(values) {
  const { port, ...rest } = values;
  const isNumber = port !== undefined && /^\d+$/.test(port);
  return JSON.stringify(port === undefined ? rest : { ...rest, port: isNumber ? Number(port) : port });
}

// What is set about notifications: the answer to a change, and part of the next one.
export const readTelling = (body) => ({
  channels: list(body?.data?.channels).map((c) => ({
    name: text(c.name),
    service: text(c.service),
    target: text(c.target),
    isOn: c.is_on !== false,
    minSeverity: c.min_severity === "critical" ? "critical" : "warning",
  })),
  cooldownMinutes: number(body?.data?.cooldown_minutes),
});

// The body of GET /api/v1/notifications.
export function readNotifications(body) {
  return {
    ...readTelling(body),
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
