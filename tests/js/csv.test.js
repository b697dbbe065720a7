import assert from "node:assert/strict";
import { test } from "node:test";

import { csv } from "../../static/js/csv.js";
import { collect } from "../../static/js/exporting.js";
import { NO_FILTER } from "../../static/js/journal-filter.js";

const episode = (changes = {}) => ({
  eventId: "e1",
  triggeredAt: Date.UTC(2026, 0, 1),
  resolvedAt: null,
  resolution: "",
  severity: "critical",
  type: "disk",
  serverId: "nas",
  serverUrl: "ssh://nas",
  hostname: "nas",
  subject: "s",
  message: "m",
  ...changes,
});
const line = (changes) => csv([episode(changes)]).split("\r\n")[1];

test("a row has its columns in the order of the first line", () => {
  assert.equal(
    csv([episode()]),
    "event_id,triggered_at,resolved_at,resolution,severity,type,server_id,server_url,hostname,subject,message\r\n" +
      "e1,2026-01-01T00:00:00.000Z,,,critical,disk,nas,ssh://nas,nas,s,m\r\n",
  );
});

test("what would end a cell is quoted", () => {
  assert.ok(line({ subject: 'a "b", c' }).endsWith(',"a ""b"", c",m'));
});

for (const text of ["=HYPERLINK(1)", "+1", "-1", "@x"]) {
  test(`no name is a formula: ${text}`, () => assert.ok(line({ hostname: text }).includes(`,'${text},`)));
}

test("what is active comes first, then page after page, each episode once", async () => {
  const past = Array.from({ length: 2300 }, (_, i) => episode({ eventId: `p${i}`, triggeredAt: 5000 - i }));
  const load = async (query) => {
    const before = query.has("to") ? Date.parse(query.get("to")) : Infinity;
    return { alerts: past.filter((one) => one.triggeredAt <= before).slice(0, 1000) };
  };
  const found = await collect(NO_FILTER, [episode({ eventId: "now" })], load, 0);
  assert.deepEqual(found.map((one) => one.eventId), ["now", ...past.map((one) => one.eventId)]);
});

test("of active alerts alone nothing is asked", async () => {
  const load = () => assert.fail("asked");
  assert.equal((await collect({ ...NO_FILTER, state: "active" }, [episode()], load, 0)).length, 1);
});
