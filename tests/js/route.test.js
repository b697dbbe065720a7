import assert from "node:assert/strict";
import { test } from "node:test";

import { readRoute, serverPath } from "../../static/js/route.js";

const SERVER = (id) => ({ name: "server", id });

test("an address is a page, or none of these pages", () => {
  assert.deepEqual(readRoute("/"), { name: "overview", id: "" });
  assert.deepEqual(readRoute("/alerts"), { name: "alerts", id: "" });
  assert.deepEqual(readRoute("/servers/nas"), SERVER("nas"));
  for (const path of ["/alerts/", "/servers", "/servers/", "/servers/a/b", "/login", ""]) {
    assert.equal(readRoute(path), null);
  }
});

test("a server's address leads back to it, whatever its id is", () => {
  for (const id of ["nas", "a b", "ä/ö", "100%", "..", "a?b#c", "<i>"]) {
    assert.deepEqual(readRoute(serverPath(id)), SERVER(id));
  }
});

test("percent signs that encode nothing are no server", () => {
  assert.equal(readRoute("/servers/%"), null);
});
