import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";

import * as wire from "../../static/js/wire.js";

const read = (path) => readFileSync(new URL(path, import.meta.url), "utf8");
const { servers } = JSON.parse(read("../golden/servers.json")).data;

// What early.js says once its socket is open.
function asked() {
  const sockets = [];
  class WebSocket {
    sent = [];
    send = (text) => this.sent.push(JSON.parse(text));
    constructor() {
      sockets.push(this);
    }
  }
  const element = { dataset: {}, toggleAttribute() {}, append() {} };
  const context = {
    addEventListener() {},
    document: {
      documentElement: element,
      head: element,
      querySelector: () => element,
      querySelectorAll: () => [],
      createElement: () => ({}),
    },
    location: { pathname: "/", search: "", href: "http://localhost/" },
    localStorage: { getItem: () => null },
    matchMedia: () => ({ matches: false, addEventListener() {} }),
    URL,
    URLSearchParams,
    WebSocket,
  };
  vm.runInNewContext(read("../../static/js/early.js"), context);
  const [socket] = sockets;
  socket.onopen();
  return { said: socket.sent, early: context.early };
}

// The fields of a state, each a name or names with dots between.
function selected(state, fields) {
  const found = {};
  for (const path of fields) {
    const names = path.split(".");
    const last = names.pop();
    let [from, to] = [state, found];
    for (const name of names) {
      from = from?.[name];
      if (typeof from === "object" && from) to = to[name] ??= {};
    }
    if (from && last in from) to[last] = from[last];
  }
  return found;
}

test("the first socket asks for all that is read of a server, and for no more", () => {
  const { said, early } = asked();
  assert.equal(JSON.stringify(said), wire.writeSubscribe(early.fields).replace(/^.*$/, "[$&]"));

  const whole = { ...servers[0], source: "managed", reason: "unreachable", missed_polls: 2 };
  const told = wire.readKeyed(whole.id, selected(whole, early.fields));
  const known = wire.readKeyed(whole.id, whole);
  for (const name of ["disks", "processes"]) assert.deepEqual(told.metrics[name], known.metrics[name]);
  assert.deepEqual(JSON.parse(JSON.stringify(told)), JSON.parse(JSON.stringify(known)));

  // Without any one of them something would be missing.
  for (const left of early.fields) {
    const less = wire.readKeyed(whole.id, selected(whole, early.fields.filter((one) => one !== left)));
    const shown = ({ metrics, ...server }) =>
      JSON.stringify([server, { ...metrics, disks: metrics?.disks, processes: metrics?.processes }]);
    if (shown(less) === shown(told)) assert.ok(!nested(whole, left), left);
  }
});

const nested = (state, path) => path.split(".").reduce((value, name) => value?.[name], state);
