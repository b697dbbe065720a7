import assert from "node:assert/strict";
import { test } from "node:test";

import { putMetrics, putServer, removeServer } from "../../static/js/putting.js";
import { Store } from "../../static/js/store.js";

const metrics = (takenAt, more = {}) => ({
  takenAt,
  cpu: { used: takenAt / 1000 },
  memory: { used: 50 },
  disks: [],
  processes: [],
  ...more,
});
const server = (id, more = {}) => ({
  id,
  name: id,
  url: `ssh://${id}`,
  status: "online",
  metrics: null,
  ...more,
});
const storeWith = (...servers) => {
  const store = new Store(4000);
  store.putServers(servers);
  return store;
};

test("live metrics reach the server with that URL and say what changed", () => {
  const store = storeWith(server("a"), server("b"));
  const { changed, unknown } = putMetrics(store, new Map([["ssh://a", metrics(1000)]]));
  assert.deepEqual([...changed], ["a"]);
  assert.equal(unknown, false);
  assert.equal(store.servers.get("a").metrics.cpu.used, 1);
  assert.equal(store.servers.get("b").metrics, null);
});

test("a sample that is not newer changes nothing", () => {
  const store = storeWith(server("a", { metrics: metrics(5000) }));
  assert.equal(putMetrics(store, new Map([["ssh://a", metrics(5000)]])).changed.size, 0);
  assert.equal(putMetrics(store, new Map([["ssh://a", metrics(4000)]])).changed.size, 0);
});

test("a URL that nobody told us of is noticed", () => {
  assert.equal(putMetrics(storeWith(), new Map([["ssh://new", metrics(1)]])).unknown, true);
});

test("network and load stay beside newer live metrics", () => {
  const network = { sentRate: 1 };
  const store = storeWith(server("a", { metrics: metrics(1000, { network, load: [1, 1, 1] }) }));
  putMetrics(store, new Map([["ssh://a", metrics(5000)]]));
  assert.equal(store.servers.get("a").metrics.takenAt, 5000);
  assert.equal(store.servers.get("a").metrics.network, network);
});

test("an older list does not take a newer sample away, but its network counts", () => {
  const store = storeWith(server("a", { metrics: metrics(1000) }));
  putMetrics(store, new Map([["ssh://a", metrics(5000)]]));
  store.putServers([server("a", { metrics: metrics(4000, { network: { sentRate: 7 }, load: null }) })]);
  const { takenAt, network, load } = store.servers.get("a").metrics;
  assert.deepEqual([takenAt, network, load], [5000, { sentRate: 7 }, null]);
});

test("an offline server keeps its last metrics when the list has none", () => {
  const store = storeWith(server("a", { metrics: metrics(1000) }));
  store.putServers([server("a", { status: "offline" })]);
  assert.equal(store.servers.get("a").metrics.takenAt, 1000);
});

test("servers are counted by what is shown of them, and a paused one counts as nothing else", () => {
  const store = storeWith(
    server("w", { status: "warning" }),
    server("x", { status: "alert" }),
    server("o", { status: "offline", reason: "unreachable" }),
    server("p", { status: "offline", reason: "paused" }),
  );
  assert.deepEqual(store.counts(), { online: 0, warning: 1, alert: 1, offline: 1, paused: 1 });
});

test("a server that was just changed is known at once, its metrics kept, its URL new", () => {
  const store = storeWith(server("a", { metrics: metrics(1000) }), server("b"));
  putServer(store, server("a", { url: "ssh://moved" }));
  assert.equal(store.servers.get("a").metrics.takenAt, 1000);
  assert.deepEqual([...putMetrics(store, new Map([["ssh://moved", metrics(5000)]])).changed], ["a"]);
  putServer(store, server("c"));
  removeServer(store, "b");
  assert.deepEqual([...store.servers.keys()].toSorted(), ["a", "c"]);
});

test("history that comes before the servers is kept, that of gone servers is not", () => {
  const store = new Store(4000);
  store.putTrends(new Map([["a", [{ at: 1, cpu: 1, memory: 1 }]], ["b", [{ at: 1, cpu: 1, memory: 1 }]]]));
  store.putServers([server("a")]);
  assert.equal(store.pointsOf("a").length, 1);
  assert.equal(store.pointsOf("b").length, 0);
});

test("each live sample becomes one point of the trend", () => {
  const store = storeWith(server("a"));
  for (const at of [1000, 5000, 5000, 9000]) putMetrics(store, new Map([["ssh://a", metrics(at)]]));
  assert.deepEqual(store.pointsOf("a").map(({ at }) => at), [1000, 5000, 9000]);
});

test("a sample without its CPU is a gap in that line alone", () => {
  const store = storeWith(server("a"));
  putMetrics(store, new Map([["ssh://a", metrics(1000, { cpu: null })]]));
  assert.deepEqual(store.pointsOf("a"), [{ at: 1000, cpu: null, memory: 50 }]);
});

test("whole states say whether lists have changed, and what is gone is gone", () => {
  const store = storeWith(server("a", { metrics: metrics(1000) }), server("b"));
  const put = (...states) => store.putStates(new Map(states));
  assert.equal(put(["a", server("a", { metrics: metrics(5000) })]), false);
  assert.deepEqual(store.pointsOf("a").map(({ at }) => at), [1000, 5000]);
  assert.equal(put(["a", server("a", { status: "alert" })]), true);
  assert.equal(put(["c", server("c")], ["b", null]), true);
  assert.deepEqual([...store.servers.keys()], ["a", "c"]);
  put(["c", server("c", { url: "ssh://moved" })]);
  assert.equal(putMetrics(store, new Map([["ssh://c", metrics(1)]])).unknown, true);
  assert.equal(putMetrics(store, new Map([["ssh://moved", metrics(1)]])).unknown, false);
});

test("one alert begins, changes and ends", () => {
  const store = storeWith(server("a"));
  const alert = (more) => ({ eventId: "1", serverId: "a", isActive: true, severity: "warning", ...more });
  store.putAlert(alert());
  store.putAlert(alert({ severity: "critical" }));
  assert.deepEqual(store.alertsOf("a").map(({ severity }) => severity), ["critical"]);
  store.putAlert(alert({ isActive: false }));
  assert.deepEqual([store.alerts, store.alertsOf("a")], [[], []]);
});
