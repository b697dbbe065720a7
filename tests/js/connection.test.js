import assert from "node:assert/strict";
import { test } from "node:test";

import { Connection, isDisconnected } from "../../static/js/connection.js";
import { ManualTimers } from "./timers.js";

const INTERVAL_MS = 4000;

const KEYED = "monserv.v2";

class FakeSocket {
  closed = false;
  protocol = "";
  sent = [];

  constructor(offered) {
    this.offered = offered;
  }

  send(text) {
    this.sent.push(text);
  }

  // As a server that speaks monserv.v2 takes it.
  open() {
    this.protocol = this.offered[0] ?? "";
    this.onopen();
  }

  close() {
    this.closed = true;
  }
}

// A connection with everything around it in the test's hands.
class Bench {
  timers = new ManualTimers();
  sockets = [];
  states = [];
  frames = [];
  polls = 0;
  timesTurnedAway = 0;
  timesSilent = 0;
  pollFails = false;
  checkFails = false;
  seen = true;
  random = 1;

  // `first`: a socket that was opened before, `hasSpoken` or not.
  constructor(first = null, hasSpoken = false) {
    if (first) this.sockets.push(first);
    this.connection = new Connection({
      openSocket: (offered) => {
        this.sockets.push(new FakeSocket(offered));
        return this.socket;
      },
      poll: async () => {
        this.polls += 1;
        if (this.pollFails) throw new Error("no answer");
      },
      check: async () => {
        if (this.checkFails) throw new Error("no answer");
      },
      onFrame: (frame) => this.frames.push(frame),
      onState: (state) => this.states.push(state),
      onSilence: () => (this.timesSilent += 1),
      onTurnedAway: () => (this.timesTurnedAway += 1),
      isSeen: () => this.seen,
      timers: this.timers,
      random: () => this.random,
      intervalMs: INTERVAL_MS,
    });
    this.connection.start(first, hasSpoken);
  }

  get socket() {
    return this.sockets.at(-1);
  }

  get kind() {
    return this.states.at(-1).kind;
  }

  async failTimes(times) {
    for (let i = 0; i < times; i += 1) {
      this.socket.onclose({ code: 1006 });
      if (i < times - 1) await this.timers.advance(this.states.at(-1).retryAt - this.timers.now());
    }
  }
}

test("an open socket is live and its frames arrive", () => {
  const bench = new Bench();
  assert.equal(bench.kind, "connecting");
  bench.socket.onopen();
  bench.socket.onmessage({ data: "frame" });
  assert.equal(bench.kind, "live");
  assert.deepEqual(bench.frames, ["frame"]);
});

test("delays grow from a second to half a minute", async () => {
  const bench = new Bench();
  const delays = [];
  for (let i = 0; i < 8; i += 1) {
    bench.socket.onclose({ code: 1006 });
    const delay = bench.states.findLast(({ retryAt }) => retryAt !== null).retryAt - bench.timers.now();
    delays.push(delay);
    await bench.timers.advance(delay);
  }
  assert.deepEqual(delays, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
});

test("the jitter is full: any share of the delay may be drawn", async () => {
  for (const random of [0, 0.25, 0.999]) {
    const bench = new Bench();
    bench.random = random;
    bench.socket.onclose({ code: 1006 });
    assert.equal(bench.states.at(-1).retryAt, random * 1000);
  }
});

test("two failures only wait, the third begins to poll", async () => {
  const bench = new Bench();
  await bench.failTimes(2);
  await bench.timers.advance(0);
  assert.deepEqual([bench.kind, bench.polls], ["reconnecting", 0]);
  await bench.timers.advance(2000);
  bench.socket.onclose({ code: 1006 });
  await bench.timers.advance(0);
  assert.deepEqual([bench.kind, bench.polls], ["polling", 1]);
});

test("polling goes on each interval while the socket is tried again", async () => {
  const bench = new Bench();
  await bench.failTimes(3);
  const sockets = bench.sockets.length;
  await bench.timers.advance(INTERVAL_MS * 2 + 100);
  assert.equal(bench.polls, 3);
  assert.ok(bench.sockets.length > sockets);
  bench.socket.onopen();
  await bench.timers.advance(INTERVAL_MS * 2);
  assert.deepEqual([bench.kind, bench.polls], ["live", 3]);
});

test("polls wait until somebody looks while the socket is tried all the same", async () => {
  const bench = new Bench();
  await bench.failTimes(3);
  await bench.timers.advance(0);
  bench.seen = false;
  const sockets = bench.sockets.length;
  await bench.timers.advance(INTERVAL_MS * 50);
  assert.deepEqual([bench.kind, bench.polls], ["polling", 1]);
  assert.ok(bench.sockets.length > sockets);
  bench.seen = true;
  await bench.timers.advance(INTERVAL_MS);
  assert.equal(bench.polls, 2);
});

test("a poll that fails is no polling but reconnecting", async () => {
  const bench = new Bench();
  bench.pollFails = true;
  await bench.failTimes(3);
  await bench.timers.advance(0);
  assert.equal(bench.kind, "reconnecting");
  bench.pollFails = false;
  await bench.timers.advance(INTERVAL_MS);
  assert.equal(bench.kind, "polling");
});

test("the socket is tried at once when polling begins to work again", async () => {
  const bench = new Bench();
  bench.pollFails = true;
  await bench.failTimes(6);
  await bench.timers.advance(INTERVAL_MS);
  const sockets = bench.sockets.length;
  assert.ok(bench.states.at(-1).retryAt - bench.timers.now() > INTERVAL_MS);
  bench.pollFails = false;
  await bench.timers.advance(INTERVAL_MS);
  assert.equal(bench.sockets.length, sockets + 1);
  bench.socket.onclose({ code: 1006 });
  await bench.timers.advance(INTERVAL_MS);
  assert.equal(bench.sockets.length, sockets + 1);
});

test("polling that works from the first has no haste with the socket", async () => {
  const bench = new Bench();
  await bench.failTimes(3);
  await bench.timers.advance(0);
  assert.deepEqual([bench.kind, bench.sockets.length], ["polling", 3]);
});

test("a socket that never opens is given up", async () => {
  const bench = new Bench();
  await bench.timers.advance(10_000);
  assert.equal(bench.sockets[0].closed, true);
  assert.equal(bench.kind, "reconnecting");
});

test("a server that accepts and closes at once is not hammered", async () => {
  const bench = new Bench();
  const delays = [];
  for (let i = 0; i < 4; i += 1) {
    bench.socket.onopen();
    bench.socket.onclose({ code: 1006 });
    delays.push(bench.states.at(-1).retryAt - bench.timers.now());
    await bench.timers.advance(delays.at(-1));
  }
  assert.deepEqual(delays, [1000, 2000, 4000, 8000]);
});

test("a message forgives all former failures", async () => {
  const bench = new Bench();
  await bench.failTimes(2);
  await bench.timers.advance(2000);
  bench.socket.onopen();
  bench.socket.onmessage({ data: "frame" });
  bench.socket.onclose({ code: 1006 });
  assert.equal(bench.states.at(-1).retryAt - bench.timers.now(), 1000);
});

test("a socket that falls silent says so until data come, while the server answers otherwise", async () => {
  const bench = new Bench();
  bench.socket.onopen();
  bench.socket.onmessage({ data: "frame" });
  await bench.timers.advance(11_999);
  assert.equal(bench.kind, "live");
  await bench.timers.advance(1);
  assert.deepEqual(bench.states.at(-1), { kind: "silent", retryAt: null, isKeyed: false });
  await bench.timers.advance(60_000);
  assert.deepEqual([bench.kind, bench.sockets.length], ["silent", 1]);
  bench.socket.onmessage({ data: "frame" });
  assert.deepEqual([bench.kind, bench.frames.length], ["live", 2]);
});

test("a socket on which nothing was ever said is not silent: there may be no sample yet", async () => {
  const bench = new Bench();
  bench.socket.onopen();
  await bench.timers.advance(60_000);
  assert.deepEqual([bench.kind, bench.sockets.length], ["live", 1]);
});

test("nothing arrives while silent or reconnecting", () => {
  const kinds = ["connecting", "live", "silent", "reconnecting", "polling"];
  assert.deepEqual(kinds.filter(isDisconnected), ["silent", "reconnecting"]);
});

test("a silent socket to a dead server is given up", async () => {
  const bench = new Bench();
  bench.socket.onopen();
  bench.checkFails = true;
  await bench.timers.advance(12_000);
  assert.equal(bench.sockets[0].closed, true);
  assert.equal(bench.kind, "reconnecting");
});

test("a person who asks does not wait", () => {
  const bench = new Bench();
  bench.socket.onclose({ code: 1006 });
  bench.connection.retryNow();
  assert.equal(bench.sockets.length, 2);
  bench.connection.retryNow();
  assert.equal(bench.sockets.length, 2);
});

test("a socket that is closed for policy says so, and is tried again all the same", () => {
  const bench = new Bench();
  bench.socket.onopen();
  bench.socket.onclose({ code: 1001 });
  assert.equal(bench.timesTurnedAway, 0);
  bench.connection.retryNow();
  bench.socket.onopen();
  bench.socket.onclose({ code: 1008 });
  assert.deepEqual([bench.timesTurnedAway, bench.kind], [1, "reconnecting"]);
});

test("monserv.v2 is offered, and frames are said to be its own where it was taken", () => {
  const bench = new Bench();
  assert.deepEqual(bench.socket.offered, [KEYED]);
  bench.socket.open();
  assert.deepEqual([bench.kind, bench.states.at(-1).isKeyed], ["live", true]);
  bench.connection.send("a question");
  assert.deepEqual(bench.socket.sent, ["a question"]);
  bench.socket.onclose({ code: 1006 });
  assert.equal(bench.states.at(-1).isKeyed, false);
  bench.connection.send("to nobody");
  assert.deepEqual(bench.socket.sent, ["a question"]);
});

test("who is there and refuses monserv.v2 is asked for the plain stream, and later again", async () => {
  const bench = new Bench();
  await bench.failTimes(1);
  await bench.timers.advance(1000);
  assert.deepEqual(bench.socket.offered, []);
  bench.socket.open();
  assert.deepEqual([bench.kind, bench.states.at(-1).isKeyed], ["live", false]);
  await bench.failTimes(1);
  await bench.timers.advance(30_000);
  assert.deepEqual(bench.sockets[2].offered, [KEYED]);
});

test("a server that is away refuses nothing", async () => {
  const bench = new Bench();
  bench.checkFails = true;
  await bench.failTimes(4);
  assert.deepEqual(bench.sockets.map(({ offered }) => offered.length), [1, 1, 1, 1]);
});

test("on monserv.v2 silence is a question first, and an answer breaks it", async () => {
  const bench = new Bench();
  bench.socket.open();
  bench.socket.onmessage({ data: "hello" });
  await bench.timers.advance(12_000);
  assert.deepEqual([bench.kind, bench.timesSilent], ["live", 1]);
  bench.socket.onmessage({ data: "snapshot" });
  await bench.timers.advance(12_000);
  assert.deepEqual([bench.kind, bench.timesSilent], ["live", 2]);
  await bench.timers.advance(5000);
  assert.equal(bench.kind, "silent");
});

// A socket that was opened before there was anything that watches over it.
function earlier(readyState, protocol) {
  const socket = new FakeSocket([KEYED]);
  return Object.assign(socket, { readyState, protocol });
}

test("a socket that was opened earlier is live at once, and may fall silent", async () => {
  const bench = new Bench(earlier(1, KEYED), true);
  assert.deepEqual([bench.kind, bench.sockets.length], ["live", 1]);
  assert.equal(bench.states.at(-1).isKeyed, true);
  bench.connection.send("a question");
  assert.deepEqual(bench.socket.sent, ["a question"]);
  bench.socket.onmessage({ data: "a" });
  assert.deepEqual(bench.frames, ["a"]);
  await bench.timers.advance(3 * INTERVAL_MS);
  await bench.timers.advance(5000);
  assert.equal(bench.kind, "silent");
});

test("a socket that is still on its way is waited for", () => {
  const bench = new Bench(earlier(0, ""));
  assert.equal(bench.kind, "connecting");
  bench.socket.open();
  assert.equal(bench.kind, "live");
});

test("a socket that was open and has gone was not refused", async () => {
  const bench = new Bench(earlier(3, KEYED), true);
  assert.equal(bench.kind, "reconnecting");
  await bench.timers.advance(1000);
  assert.deepEqual(bench.socket.offered, [KEYED]);
});

test("a socket that never opened may have been refused monserv.v2", async () => {
  const bench = new Bench(earlier(3, ""));
  await bench.timers.advance(1000);
  assert.deepEqual(bench.socket.offered, []);
});
