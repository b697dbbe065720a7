import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import * as answers from "../../static/js/answers.js";
import * as plain from "../../static/js/plain.js";
import * as wire from "../../static/js/wire.js";

const text = (name) => readFileSync(new URL(`../golden/${name}.json`, import.meta.url), "utf8");
const golden = (name) => JSON.parse(text(name));

const URL_OF_ONE = "ssh://scada:***@10.0.0.3:2222";

test("the golden state gives every number of a server", () => {
  const metrics = plain.readState(golden("state")).get(URL_OF_ONE);
  const [raw] = Object.values(golden("state"));
  assert.equal(metrics.hostname, raw.hostname);
  assert.equal(metrics.cpu.used, raw.cpu.usedPercent);
  assert.equal(metrics.memory.totalBytes, raw.memory.total);
  assert.equal(metrics.disks[0].mount, raw.disks[0].mountpoint);
  assert.equal(metrics.disks[0].used, raw.disks[0].usedPercent);
  assert.equal(metrics.processes[0].rssBytes, raw.topProcsByMem[0].rssBytes);
  assert.equal(metrics.takenAt, Date.parse(raw.generatedAtUtc));
});

test("the golden metrics_update is the golden state in a message", () => {
  const frame = plain.readFrame(text("metrics_update"));
  assert.equal(frame.kind, "metrics");
  assert.deepEqual(frame.metrics, plain.readState(golden("metrics_update").data));
  assert.ok(frame.metrics.has(URL_OF_ONE));
});

test("the golden alert and recovery are news", () => {
  for (const name of ["alert", "recovery"]) {
    const { alert_type: kind, subject, message } = golden(name);
    assert.deepEqual(plain.readFrame(text(name)), { kind: "news", news: { kind, subject, message } });
  }
});

test("the golden active alerts are read whole", () => {
  const raw = golden("alerts_active").data;
  const alerts = answers.readAlerts(golden("alerts_active"));
  assert.ok(raw.length > 0);
  alerts.forEach((alert, i) => {
    assert.equal(alert.eventId, raw[i].event_id);
    assert.equal(alert.serverId, raw[i].server_id);
    assert.equal(alert.severity, raw[i].severity);
    assert.equal(alert.triggeredAt, Date.parse(raw[i].triggered_at));
    assert.equal(`${raw[i].server_url}|${[alert.kind, alert.item].filter(Boolean).join("|")}`, raw[i].id);
  });
});

test("the golden list of servers and the golden state tell the same metrics", () => {
  const [server] = answers.readServers(golden("servers"));
  const raw = golden("servers").data.servers[0];
  assert.equal(server.id, raw.id);
  assert.equal(server.status, raw.status);
  assert.equal(server.metrics.cpu.used, raw.metrics.cpu.used_percent);
  assert.equal(server.metrics.disks[0].used, raw.metrics.disks[0].used_percent);
  assert.equal(server.metrics.network.receivedRate, raw.metrics.network.bytes_recv_rate);
  assert.equal(server.metrics.load[0], raw.metrics.load.one_minute);
  const live = plain.readState(golden("state")).get(URL_OF_ONE);
  assert.deepEqual(Object.keys(live).filter((key) => !(key in server.metrics)), []);
});

test("the golden trends keep their gaps", () => {
  const raw = golden("trends").data.trends;
  const [[id, readPoints]] = answers.readTrends(golden("trends"));
  const points = readPoints();
  assert.deepEqual(
    points,
    raw[id].points.map(([at, cpu, memory]) => ({ at: Date.parse(at), cpu, memory })),
  );
  assert.ok(points.some((point) => point.cpu === null));
});

test("a group that is absent is null and never 0", () => {
  const metrics = plain.readState({ a: { hostname: "a" } }).get("a");
  assert.equal(metrics.cpu, null);
  assert.equal(metrics.memory, null);
  assert.equal(metrics.uptimeSeconds, null);
  assert.deepEqual(metrics.disks, []);
});

test("values of a wrong type are unknown, not trusted", () => {
  const metrics = plain.readState({ a: { cpu: { usedPercent: "12" }, disks: "none" } }).get("a");
  assert.equal(metrics.cpu.used, null);
  assert.deepEqual(metrics.disks, []);
});

test("frames that this page does not know are ignored", () => {
  for (const frame of ['{"type":"hello"}', "not json", "[]", "null", '"text"']) {
    assert.equal(wire.readFrame(frame), null);
    assert.equal(plain.readFrame(frame), null);
  }
});

test("long text is cut with a mark and control characters are replaced", () => {
  const [server] = answers.readServers({
    data: { servers: [{ id: "a", name: "x".repeat(65536), url: "\u202eevil\u0007" }] },
  });
  assert.equal(server.name.length, 513);
  assert.ok(server.name.endsWith("…"));
  assert.equal(server.url, "\ufffdevil\ufffd");
});

test("an alert knows which part of its server it is about", () => {
  const [alert] = answers.readAlerts({
    data: [{ id: "ssh://a:***@h|disk|/srv/a|b", server_url: "ssh://a:***@h", severity: "critical" }],
  });
  assert.equal(alert.kind, "disk");
  assert.equal(alert.item, "/srv/a|b");
});

test("bodies that are no envelope give nothing", () => {
  for (const body of [null, [], {}, { data: null }, { data: { servers: "x", trends: [] } }]) {
    assert.deepEqual(answers.readServers(body), []);
    assert.deepEqual(answers.readAlerts(body), []);
    assert.equal(answers.readTrends(body).size, 0);
  }
});

test("what a person once typed is read as it is stored", () => {
  const row = { id: "nas", name: "a\u202eb", host: "h", port: 2222, source: "managed", location: null };
  const server = answers.readServer({ data: row });
  assert.equal(server.name, "a\ufffdb");
  assert.equal(server.settings.name, "a\u202eb");
  assert.equal(server.settings.port, "2222");
  assert.equal(server.settings.location, "");
  assert.equal(server.isManaged, true);
  assert.equal(answers.readServer({ data: { ...row, source: "settings" } }).isManaged, false);
});

test("a line of a connection test is a step or the whole, and an odd one is no passed one", () => {
  const read = (line) => answers.readTestLine(JSON.stringify(line));
  const step = { name: "tcp", state: "passed", detail: "\u0007", duration_seconds: 0.5 };
  const host_key = { type: "ssh-rsa", fingerprint: "SHA256:x", known: true };
  const hostKey = { ...host_key, acceptable: false };
  const seen = { name: "tcp", state: "passed", detail: "\ufffd", seconds: 0.5 };
  assert.deepEqual(read({ step, host_key }), { step: seen, hostKey });
  assert.deepEqual(read({ trial: { passed: true, steps: [step], host_key } }), {
    result: { passed: true, steps: [seen], hostKey },
  });
  const nothing = { passed: false, steps: [], hostKey: null };
  assert.deepEqual(read({ trial: { passed: "yes", steps: 3 } }), { result: nothing });
  for (const odd of [null, {}, 3, { step: 3 }, []]) assert.equal(read(odd), null);
  assert.equal(answers.readTestLine("{"), null);
});

test("only who may manage is said to, and changes carry the token that the session gave", () => {
  const session = (data) => answers.readSession({ data });
  assert.deepEqual(session({ role: "viewer", csrf_token: "t" }), {
    canManage: false,
    canSet: false,
    headers: { "X-CSRF-Token": "t" },
  });
  assert.deepEqual(session({ role: "admin", csrf_token: "" }), {
    canManage: true,
    canSet: true,
    headers: {},
  });
  assert.equal(session({ role: "operator" }).canSet, false);
  assert.equal(session({ role: "operator" }).canManage, true);
  assert.equal(session({}).canManage, false);
});

test("a port is written as a number where it is one, and nothing is added", () => {
  assert.deepEqual(JSON.parse(answers.writeServer({ host: "h", port: "22" })), { host: "h", port: 22 });
  assert.deepEqual(JSON.parse(answers.writeServer({ port: "x" })), { port: "x" });
  assert.deepEqual(JSON.parse(answers.writeServer({ tags: "" })), { tags: "" });
});

test("an error gives each field its first sentence", () => {
  const body = { errors: { host: ["a", "b"], port: "c", "": [] } };
  assert.deepEqual(answers.readFieldErrors(body), { host: "a", port: "c", "": "" });
  assert.deepEqual(answers.readFieldErrors(null), {});
});

test("what came later, and the details of one server, change nothing of what is read", () => {
  const later = [
    "user_percent", "system_percent",
    "available_bytes", "cached_bytes", "swap_total_bytes", "swap_used_percent",
    "inodes_total", "inodes_used", "inodes_used_percent",
  ];
  const first = JSON.parse(text("servers"), (key, value) => (later.includes(key) ? undefined : value));
  assert.notDeepEqual(first, golden("servers"));
  assert.deepEqual(answers.readServers(first), answers.readServers(golden("servers")));
  const detailed = golden("servers");
  detailed.data.servers[0].metrics = golden("metrics").data;
  assert.ok(detailed.data.servers[0].metrics.quality);
  assert.deepEqual(answers.readServers(detailed), answers.readServers(golden("servers")));
});

test("what a server does not say of its processor and swap is unknown", () => {
  const later = ["iowait_percent", "steal_percent", "swap_used_bytes"];
  const first = JSON.parse(text("servers"), (key, value) => (later.includes(key) ? undefined : value));
  const read = (body) => {
    const [{ metrics }] = answers.readServers(body);
    return [metrics.cpu.iowait, metrics.cpu.steal, metrics.memory.swapUsedBytes];
  };
  assert.deepEqual(read(first), [null, null, null]);
  assert.deepEqual(read(golden("servers")), [1.3, 0.2, 536870912]);
});

test("a keyed state reads as the list of servers does, whatever order its keys have", () => {
  const [row] = golden("servers").data.servers;
  const by = (rows, key) => Object.fromEntries(rows.map((one) => [one[key], one]).toReversed());
  const state = structuredClone(row);
  const { metrics } = state;
  metrics.disks = by(metrics.disks, "mountpoint");
  metrics.top_processes_by_memory = by(
    [{ pid: 9, name: "small", rss_bytes: 1, percent_ram: 0.1 }, ...metrics.top_processes_by_memory],
    "pid",
  );
  const [listed] = answers.readServers(golden("servers"));
  const server = wire.readKeyed(row.id, state);
  assert.deepEqual(server.metrics.processes.map(({ pid }) => pid), [1234, 9]);
  assert.deepEqual(server.metrics.processes[0], listed.metrics.processes[0]);
  assert.deepEqual(server.metrics.disks, listed.metrics.disks);
  assert.deepEqual({ ...server, metrics: null }, { ...listed, metrics: null });
  assert.equal(wire.readKeyed("a", { status: "offline" }).metrics, null);
});

test("the frames of monserv.v2 are read by type, and an odd one is none", () => {
  const read = (type, more) => wire.readFrame(JSON.stringify({ type, epoch: "e", seq: 7, ...more }));
  assert.deepEqual(read("hello", { interval_seconds: 4 }), { kind: "hello", epoch: "e", seq: 7 });
  const servers = { a: { status: "online" }, b: null };
  const [one] = golden("alerts_active").data;
  const snapshot = read("snapshot", { servers, alerts: [one] });
  assert.deepEqual([...snapshot.states], Object.entries(servers));
  const lines = Object.entries({ ...servers, odd: { name: "a\n},\n" } }).map(
    ([id, state]) => `${JSON.stringify(id)}:${JSON.stringify(state)}`,
  );
  const whole = `{"type":"snapshot","epoch":"e","seq":1,"servers":{\n${lines.join(",\n")}\n},"alerts":[]}`;
  const head = wire.readHead(whole);
  assert.equal(head.servers.length, lines.length);
  const some = [head.servers.slice(0, 1), head.servers.slice(1), []].flatMap((part) => [...wire.readStates(part)]);
  assert.deepEqual(Object.fromEntries(some), JSON.parse(whole).servers);
  assert.deepEqual(wire.readHead(JSON.stringify({ type: "hello", epoch: "e", seq: 1 })).servers, []);
  assert.equal(snapshot.alerts[0].eventId, one.event_id);
  assert.deepEqual([...read("delta", { servers }).patches], Object.entries(servers));
  const told = read("alert", { alert_type: "recovery", alert: { ...one, is_active: false } });
  assert.deepEqual(told.news, {
    kind: "recovery",
    subject: one.subject,
    message: one.message,
    serverId: one.server_id,
    eventId: one.event_id,
    severity: one.severity,
  });
  assert.deepEqual([told.alert.eventId, told.alert.isActive], [one.event_id, false]);
  for (const odd of [read("alert"), read("toString"), read("metrics_update")]) assert.equal(odd, null);
});

test("what is asked for is written as the contract has it", () => {
  const fields = ["status", "metrics.cpu.cores"];
  assert.deepEqual(JSON.parse(wire.writeSubscribe(fields)), { type: "subscribe", fields });
  const resume = { type: "resume", epoch: "e", seq: 3, fields };
  assert.deepEqual(JSON.parse(wire.writeResume("e", 3, fields)), resume);
});
