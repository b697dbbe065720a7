import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { panelsOf, quantity } from "../../static/js/panels.js";
import { readingsOf, readingsOfDetails } from "../../static/js/readings.js";
import { readServers } from "../../static/js/answers.js";
import * as wire from "../../static/js/wire-server.js";

const golden = (name) => JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), "utf8"));
const alone = () => ({ data: { ...golden("server_alone").data, metrics: golden("metrics").data } });

test("the details of a server are read, and what it does not tell is null", () => {
  const { metrics, thresholds, server } = wire.readDetails(alone());
  assert.equal(server.id, golden("server_alone").data.id);
  assert.deepEqual(thresholds, { cpu: 90, memory: 80, disk: 80 });
  const said = golden("metrics").data;
  assert.equal(metrics.system.kernel, said.system.kernel);
  assert.equal(metrics.cores.length, said.cpu.per_core.length);
  assert.equal(metrics.interfaces[0].receivedRate, said.network.interfaces[0].bytes_recv_rate);
  assert.equal(metrics.reasons.size, Object.keys(said.quality).length);
  const nothing = wire.readDetails({ data: { metrics: { quality: "x", disks: 7 } } }).metrics;
  assert.deepEqual([nothing.busy, nothing.containers, nothing.pressure, nothing.system], [null, null, null, null]);
  assert.equal(wire.readDetails(null).metrics, null);
});

test("history is read with its gaps, disks by their mounts", () => {
  const { stepMs, at, curves } = wire.readHistory(golden("history"));
  const said = golden("history").data;
  assert.equal(stepMs, said.step_seconds * 1000);
  assert.deepEqual(at, said.at.map(Date.parse));
  const [metric] = Object.keys(said.metrics);
  assert.deepEqual(curves.get(metric).average, said.metrics[metric].avg);
  const [mount] = Object.keys(said.disks);
  assert.deepEqual(curves.get(`disk_used_percent:${mount}`).most, said.disks[mount].disk_used_percent.max);
  for (const odd of [null, { data: { at: "x", metrics: [1], disks: { "/": 3 } } }]) {
    assert.equal(wire.readHistory(odd).at.length, 0);
  }
});

test("episodes, capabilities, the footprint and the reach of history are read", () => {
  const page = golden("alerts_page");
  const ends = page.data.alerts.map((one) => one.resolved_at && Date.parse(one.resolved_at));
  assert.deepEqual(wire.readEpisodes(page).map(({ endedAt }) => endedAt), ends);
  const said = golden("capabilities").data;
  assert.deepEqual(wire.readCapabilities(golden("capabilities")).map(({ name, fix }) => [name, fix]), Object.entries(said).map(([name, { fix }]) => [name, fix]));
  assert.equal(wire.readFootprint({ data: null }), null);
  assert.equal(wire.readFootprint({ data: { polls: 3, is_slowed: true } }).isSlowed, true);
  assert.equal(wire.readReach({ data: { tiers: [{ days: 2 }, { days: 730 }] } }), 730 * 86_400_000);
  assert.equal(wire.readReach(null), 0);
});

test("readings have the names that history has, and nothing that is unknown", () => {
  const [{ metrics }] = readServers(golden("servers"));
  const found = readingsOf(metrics);
  assert.equal(found.get("cpu_used_percent"), metrics.cpu.used);
  assert.equal(found.get("cpu_iowait_percent"), 1.3);
  assert.equal(found.get(`disk_used_percent:${metrics.disks[0].mount}`), metrics.disks[0].used);
  const bare = { cpu: null, memory: null, load: null, network: null, disks: [] };
  assert.equal(readingsOf(bare).size, 0);
});

test("disks are added up without what is made of others, and the hottest sensor counts", () => {
  const disk = { isLayered: false, readRate: 5, writtenRate: 1, used: 10 };
  const found = readingsOfDetails({
    blockDevices: [disk, { ...disk, used: 30 }, { ...disk, isLayered: true }, { ...disk, readRate: null }],
    pressure: { cpu: 1.5, memory: null, io: 0 },
    temperatures: [{ celsius: 40 }, { celsius: 52 }],
  });
  assert.deepEqual(Object.fromEntries(found), {
    disk_read_bytes_per_second: 10,
    disk_write_bytes_per_second: 2,
    disk_busy_percent: 30,
    temperature_celsius: 52,
    cpu_pressure_percent: 1.5,
    io_pressure_percent: 0,
  });
  assert.equal(readingsOfDetails({ blockDevices: null, pressure: null, temperatures: [] }).size, 0);
});

test("a panel is there for what is known, six disks each", () => {
  const disks = Array.from({ length: 8 }, (_, i) => `disk_used_percent:/d${i}`);
  const { shown, missing } = panelsOf(["memory_used_percent", "temperature_celsius", ...disks]);
  assert.deepEqual(shown.map(({ id }) => id), ["memory", "disks-0", "disks-1", "temperature"]);
  assert.deepEqual(shown.map(({ series }) => series.length), [1, 6, 2, 1]);
  assert.ok(missing.some(({ id }) => id === "cpu"));
  assert.deepEqual(quantity("degrees", 52.04), { value: "52.0", unit: "°C" });
  assert.equal(quantity("degrees", null), null);
});
