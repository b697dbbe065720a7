import assert from "node:assert/strict";
import { test } from "node:test";

import { read } from "../../static/js/bookmark.js";
import { write } from "../../static/js/options.js";
import { layout, near } from "../../static/js/layout.js";
import * as overview from "../../static/js/overview.js";
import { path } from "../../static/js/spark.js";

const server = (name, more = {}) => ({
  id: name,
  name,
  url: `ssh://${name}`,
  status: "online",
  reason: "",
  tags: "",
  metrics: null,
  ...more,
});
const cpu = (used) => ({ metrics: { cpu: { used }, disks: [] } });
const ALL = read("", "cards");
const names = (servers, options) =>
  overview.entries(servers, { ...ALL, ...options }).map(({ id, group }) => group ?? id);

const FIVE = [
  server("nas10"),
  server("nas2", { tags: "prod, berlin" }),
  server("w", { status: "warning", tags: "prod" }),
  server("x", { status: "alert" }),
  server("o", { status: "offline" }),
  server("p", { status: "offline", reason: "paused" }),
];

test("what is wrong comes first, then names as people count; what nobody asks comes last", () => {
  assert.deepEqual(names(FIVE), ["x", "o", "w", "nas2", "nas10", "p"]);
  assert.deepEqual(names(FIVE, { sort: "name", isDown: true }).slice(0, 2), ["x", "w"]);
});

test("values are sorted either way, what is not known stays last, and what is equal goes by name", () => {
  const servers = [server("b", cpu(5)), server("none"), server("c", cpu(90)), server("a", cpu(5))];
  assert.deepEqual(names(servers, { sort: "cpu", isDown: true }), ["c", "a", "b", "none"]);
  assert.deepEqual(names(servers, { sort: "cpu" }), ["a", "b", "c", "none"]);
});

test("statuses, a tag and every word of a search must fit", () => {
  assert.deepEqual(names(FIVE, { statuses: ["alert", "paused"] }), ["x", "p"]);
  assert.deepEqual(names(FIVE, { statuses: ["offline"] }), ["o"]);
  assert.deepEqual(names(FIVE, { tag: "prod" }), ["w", "nas2"]);
  assert.deepEqual(names(FIVE, { tag: "pro" }), []);
  assert.deepEqual(names(FIVE, { text: "NAS berl" }), ["nas2"]);
  assert.deepEqual(overview.allTags(FIVE), ["berlin", "prod"]);
});

test("groups are first tags by name, those without one at the end, each with its count", () => {
  const found = names(FIVE, { isGrouped: true });
  assert.deepEqual(found, ["prod", "w", "nas2", "", "x", "o", "nas10", "p"]);
  assert.equal(overview.entries(FIVE, { ...ALL, isGrouped: true })[0].count, 2);
});

test("while somebody reads nothing changes places", () => {
  const entries = (...ids) => ids.map((id) => ({ id }));
  const kept = overview.held(entries("a", "b", "c"), entries("d", "c", "a"));
  assert.deepEqual(kept, entries("a", "c", "d"));
});

test("an address keeps what is shown, and what else is in it", () => {
  const query = "?kiosk&view=table&status=alert,offline&tag=a%26b&q=web+1&sort=-cpu&group=tag";
  const options = read(query, "cards");
  assert.deepEqual(options, {
    view: "table",
    statuses: ["alert", "offline"],
    tag: "a&b",
    text: "web 1",
    sort: "cpu",
    isDown: true,
    isGrouped: true,
  });
  assert.equal(write("?kiosk", options), query);
  assert.equal(write(query, { ...ALL }), "?kiosk");
  assert.equal(write("", ALL), "");
  assert.deepEqual(["table", null, "other"].map((view) => read("", view).view), ["table", "cards", "cards"]);
  assert.deepEqual(read("?view=x&status=x,,alert&sort=-x", "cards"), {
    ...ALL,
    statuses: ["alert"],
    isDown: true,
  });
});

const MEASURES = { columns: 2, height: 100, gap: 10, headHeight: 30 };

test("tiles lie in rows, heads begin one, and an open tile makes its row higher", () => {
  const entries = [{ id: "g", group: "g" }, { id: "a" }, { id: "b" }, { id: "c" }, { id: "h", group: "h" }, { id: "d" }];
  const { places, height } = layout(entries, MEASURES, new Map([["b", 250]]));
  assert.deepEqual(places.map(({ top, column }) => [top, column]), [
    [0, 0], [30, 0], [30, 1], [290, 0], [400, 0], [430, 0],
  ]);
  assert.equal(height, 530);
  assert.deepEqual(layout([], MEASURES, new Map()), { places: [], height: 0 });
});

test("only what reaches into what is seen is near", () => {
  const entries = Array.from({ length: 1000 }, (_, i) => ({ id: String(i) }));
  const { places } = layout(entries, { ...MEASURES, columns: 1, gap: 0 }, new Map());
  assert.deepEqual(near(places, 950, 1250), [9, 10, 11, 12]);
});

test("a sparkline has a point a pixel at most, and its gaps", () => {
  const points = Array.from({ length: 900 }, (_, i) => ({ at: i * 1000, cpu: i < 400 || i > 500 ? 100 : null }));
  const line = path(points, (point) => point.cpu, 900_000);
  assert.ok(line.match(/[ML]/g).length <= 65);
  assert.equal(line.match(/M/g).length, 2);
  assert.ok(line.startsWith("M0 1L1 1"));
  assert.equal(path([], (point) => point.cpu, 0), "");
});
