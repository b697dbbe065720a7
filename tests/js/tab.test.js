import assert from "node:assert/strict";
import { test } from "node:test";

import { favicon } from "../../static/js/favicon.js";
import { Tab, titleOf } from "../../static/js/tab.js";

const settle = () => new Promise((done) => setTimeout(done, 20));

function page() {
  const attributes = new Map([["href", "/plain.svg"]]);
  const icon = { getAttribute: (name) => attributes.get(name), setAttribute: (name, value) => attributes.set(name, value) };
  return { title: "monserv", querySelector: () => icon, icon: () => attributes.get("href") };
}

test("a title has the count, the page and the product", () => {
  assert.equal(titleOf("web1", 2), "(2) web1 · monserv");
  assert.equal(titleOf("", 2), "(2) monserv");
  assert.equal(titleOf("web1", 0), "web1 · monserv");
  assert.equal(titleOf("", 0), "monserv");
});

test("a name that is too long for any tab leaves room for the product, and no half a character", () => {
  assert.equal(titleOf("😀".repeat(61), 1), `(1) ${"😀".repeat(59)}… · monserv`);
  assert.equal(titleOf("x".repeat(60), 0), `${"x".repeat(60)} · monserv`);
});

test("title and icon tell of alerts, and are as they were when all is well", async () => {
  const shown = page();
  const tab = new Tab(shown);
  tab.name("web1");
  tab.alerts([{ severity: "warning" }, { severity: "critical" }]);
  await settle();
  assert.deepEqual([shown.title, shown.icon()], ["(2) web1 · monserv", favicon(2, "alert")]);
  tab.alerts([]);
  await settle();
  assert.deepEqual([shown.title, shown.icon()], ["web1 · monserv", "/plain.svg"]);
});

test("an alert that is over before its icon is there leaves none", async () => {
  const shown = page();
  const tab = new Tab(shown);
  tab.alerts([{ severity: "critical" }]);
  tab.alerts([]);
  await settle();
  assert.equal(shown.icon(), "/plain.svg");
});

test("each severity has a shape of its own, and the count fits in", () => {
  const svg = (...of) => decodeURIComponent(favicon(...of).slice("data:image/svg+xml,".length));
  assert.match(svg(3, "alert"), /<rect .*>3<\/text>/);
  assert.match(svg(12, "warning"), /<path .*>12<\/text>/);
  assert.match(svg(1000, "alert"), />99<\/text>/);
});
