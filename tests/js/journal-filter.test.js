import assert from "node:assert/strict";
import { test } from "node:test";

import { chosen, isFiltered, matches, NO_FILTER, read, request, write } from "../../static/js/journal-filter.js";

const NOON = Date.UTC(2026, 0, 2, 12);
const alert = (changes = {}) => ({
  subject: "[ALERT] nas disk /srv high",
  message: "Disk /srv used 91.4%",
  hostname: "nas.example",
  serverId: "nas",
  severity: "critical",
  type: "disk",
  triggeredAt: NOON,
  ...changes,
});
const looks = (changes, one = alert()) => matches({ ...NO_FILTER, ...changes }, one, "Storage", NOON);

for (const address of [
  "",
  "?state=active&severity=critical&type=host_key",
  "?server=nas&text=%26+%3Cb%3E+%C3%A9",
  "?span=24h",
  "?from=2026-01-01T00:00:00.000Z&to=2026-01-02T00:00:00.000Z",
]) {
  test(`an address is read and written as it was: ${address}`, () => {
    assert.equal(decodeURIComponent(write("", read(address))), decodeURIComponent(address));
  });
}

for (const address of [
  "?state=open&severity=*&type=Memory&span=2h",
  "?from=yesterday&to=",
  "?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z",
  "?__proto__=1&constructor=x",
]) {
  test(`what an address says wrongly filters nothing: ${address}`, () => {
    assert.deepEqual(read(address), NO_FILTER);
  });
}

test("texts are as long as the API takes them", () => {
  const found = read(`?text=${"a".repeat(9000)}&server=${"b".repeat(9000)}`);
  assert.deepEqual([found.text.length, found.server.length], [256, 1024]);
});

test("a span is meant instead of times, and what else is in the address stays", () => {
  assert.deepEqual(read("?span=7d&from=2026-01-01T00:00:00Z"), { ...NO_FILTER, span: "7d" });
  assert.equal(write("?kiosk=&severity=warning", NO_FILTER), "?kiosk=");
});

test("what filters is told from what does not", () => {
  assert.equal(isFiltered(NO_FILTER), false);
  assert.equal(isFiltered({ ...NO_FILTER, to: NOON }), true);
});

test("what is over is asked for, by the names of the API", () => {
  const filter = { ...NO_FILTER, state: "active", server: "nas", severity: "critical", span: "1h" };
  assert.deepEqual(Object.fromEntries(request(filter, NOON, { size: 50 })), {
    state: "resolved",
    page_size: "50",
    page: "1",
    server: "nas",
    severity: "critical",
    from: "2026-01-02T11:00:00.000Z",
  });
});

test("the earlier of two ends counts", () => {
  const to = (filter) => request({ ...NO_FILTER, ...filter }, NOON, { size: 1, before: NOON }).get("to");
  assert.equal(to({ to: NOON - 1 }), "2026-01-02T11:59:59.999Z");
  assert.equal(to({ to: NOON + 1 }), "2026-01-02T12:00:00.000Z");
});

test("an alert of the page's own is looked at as the API would", () => {
  assert.equal(looks({}), true);
  for (const text of ["SRV", "storage", "nas.example", "91.4%"]) assert.equal(looks({ text }), true, text);
  assert.equal(looks({ text: "nothing" }), false);
  assert.equal(looks({ severity: "warning" }), false);
  assert.equal(looks({ type: "cpu" }), false);
  assert.equal(looks({ server: "web" }), false);
  assert.equal(looks({ span: "1h" }, alert({ triggeredAt: NOON - 3_600_001 })), false);
  assert.equal(looks({ from: NOON, to: NOON }), true);
  assert.equal(looks({ to: NOON - 1 }), false);
});

test("what was chosen before anybody listened goes before the address, and nothing else does", () => {
  const address = read("?severity=critical&span=24h&text=old");
  assert.deepEqual(chosen(address, NO_FILTER), address);
  assert.deepEqual(chosen(address, { ...NO_FILTER, text: "new" }), { ...address, text: "new" });
  const times = { ...NO_FILTER, from: NOON };
  assert.deepEqual(chosen(address, times), { ...address, span: "", from: NOON });
});
