// The only file that knows the socket, but for the first one being opened. It keeps one
// WebSocket open, tries again with full jitter, and after three failures polls as well while
// it goes on trying. Polls wait for somebody who looks, the socket does not: it brings the news.
// A server or proxy that refuses the subprotocol is asked for the plain stream next.
// Timers, randomness and the socket itself are handed in.

const KEYED = "monserv.v2";
const BASE_DELAY_MS = 1000;
const MAX_DELAY_MS = 30_000;
const CONNECT_TIMEOUT_MS = 10_000;
const SETTLED_MS = 5000;
const SILENCE_INTERVALS = 3;
const MIN_SILENCE_MS = 10_000;
const ANSWER_MS = 5000;
const OPEN = 1;
// How a server closes a socket that it does not want any longer.
const POLICY_VIOLATION = 1008;
export const FAILURES_BEFORE_POLLING = 3;

// The kinds of connection through which nothing arrives: what is shown gets old.
const DISCONNECTED = ["reconnecting", "silent"];
export const isDisconnected = (kind) => DISCONNECTED.includes(kind);

export class Connection {
  #options;
  #socket = null;
  #failures = 0;
  #timers = {};
  #polling = false;
  #pollWorks = null;
  #retryAt = null;
  #open = false;
  #hasSpoken = false;
  #silent = false;
  #wantsKeyed = true;
  #offersKeyed = false;
  #asked = false;

  // options: openSocket(protocols) -> WebSocket, poll() and check() -> Promise, onFrame(text),
  // onState({ kind, retryAt, isKeyed }), onSilence(), onTurnedAway(), isSeen(), timers { now,
  // setTimeout, clearTimeout }, random, intervalMs. `kind` is connecting, live, silent,
  // reconnecting or polling; `isKeyed` that frames are those of monserv.v2.
  constructor(options) {
    this.#options = options;
  }

  // `socket`: one that was opened before, offering monserv.v2, and that has spoken or not.
  start(socket = null, hasSpoken = false) {
    this.#connect(socket);
    if (!socket) return;
    this.#hasSpoken = hasSpoken;
    if (socket.readyState === OPEN) this.#opened();
    else if (socket.readyState > OPEN) {
      // Only what was open has agreed on a protocol; the others may have been refused it.
      this.#open = socket.protocol !== "";
      this.#fail();
    }
  }

  // Do not wait for the next attempt: a person asked, or the page came back.
  retryNow() {
    if (this.#socket === null) this.#connect();
  }

  // For a frame that belongs to the open socket; without one nobody waits for it.
  send(text) {
    if (this.#open) this.#socket.send(text);
  }

  #connect(opened = null) {
    this.#cancel("retry");
    this.#retryAt = null;
    this.#offersKeyed = this.#wantsKeyed;
    const socket = opened ?? this.#options.openSocket(this.#offersKeyed ? [KEYED] : []);
    this.#socket = socket;
    this.#later("connect", CONNECT_TIMEOUT_MS, () => this.#fail());
    socket.onopen = () => this.#opened();
    socket.onmessage = (event) => this.#heard(event.data);
    socket.onclose = ({ code }) => this.#closed(code);
    this.#report();
  }

  #opened() {
    this.#cancel("connect");
    this.#open = true;
    this.#polling = false;
    this.#cancel("poll");
    // A server that accepts and closes at once must not be hammered.
    this.#later("settled", SETTLED_MS, () => (this.#failures = 0));
    this.#listen();
    this.#report();
  }

  #heard(frame) {
    this.#failures = 0;
    this.#hasSpoken = true;
    this.#asked = false;
    this.#listen();
    this.#setSilent(false);
    this.#options.onFrame(frame);
  }

  // A dead peer closes nothing. After a long silence ask whether it is still there;
  // that it answers is no data yet. Only who has spoken can fall silent: a monserv
  // without any sample has nothing to say.
  #listen() {
    const silence = Math.max(MIN_SILENCE_MS, SILENCE_INTERVALS * this.#options.intervalMs);
    this.#later("silence", silence, () => this.#wonder());
  }

  // Where only what has changed is said, nothing is said of servers that are all paused;
  // but a question is answered.
  #wonder() {
    const socket = this.#socket;
    if (!this.#isKeyed || this.#asked) {
      this.#doubt(socket);
      return;
    }
    this.#asked = true;
    this.#later("silence", ANSWER_MS, () => this.#doubt(socket));
    this.#options.onSilence();
  }

  get #isKeyed() {
    return this.#open && this.#socket.protocol === KEYED;
  }

  async #doubt(socket) {
    this.#setSilent(this.#hasSpoken);
    try {
      await this.#options.check();
      if (socket === this.#socket && this.#open) this.#listen();
    } catch {
      if (socket === this.#socket) this.#fail();
    }
  }

  #setSilent(silent) {
    if (silent === this.#silent) return;
    this.#silent = silent;
    this.#report();
  }

  #closed(code) {
    this.#fail();
    if (code === POLICY_VIOLATION) this.#options.onTurnedAway();
  }

  #fail() {
    for (const name of ["connect", "settled", "silence"]) this.#cancel(name);
    const socket = this.#socket;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    const refused = this.#offersKeyed && !this.#open;
    this.#socket = null;
    this.#open = this.#hasSpoken = this.#silent = this.#asked = false;
    this.#wantsKeyed = true;
    if (refused) this.#considerPlain();
    const ceiling = Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** this.#failures);
    this.#failures += 1;
    const delay = this.#options.random() * ceiling;
    this.#retryAt = this.#options.timers.now() + delay;
    this.#later("retry", delay, () => this.#connect());
    if (this.#failures >= FAILURES_BEFORE_POLLING && !this.#polling) this.#startPolling();
    this.#report();
  }

  async #considerPlain() {
    try {
      await this.#options.check();
      this.#wantsKeyed = false;
    } catch {
      // Nobody is there at all: that says nothing of the subprotocol.
    }
  }

  #startPolling() {
    this.#polling = true;
    this.#pollWorks = null;
    this.#pollOnce();
  }

  async #pollOnce() {
    const seen = this.#options.isSeen();
    const works = seen ? await this.#pollSucceeds() : this.#pollWorks;
    if (!this.#polling) return;
    this.#later("poll", this.#options.intervalMs, () => this.#pollOnce());
    const worked = this.#pollWorks;
    if (works === worked) return;
    this.#pollWorks = works;
    this.#report();
    // The server is back: do not wait out the delay that its absence has earned.
    if (worked === false) this.retryNow();
  }

  async #pollSucceeds() {
    try {
      await this.#options.poll();
      return true;
    } catch {
      return false;
    }
  }

  #report() {
    this.#options.onState({ kind: this.#kind(), retryAt: this.#retryAt, isKeyed: this.#isKeyed });
  }

  #kind() {
    if (this.#open) return this.#silent ? "silent" : "live";
    if (this.#polling && this.#pollWorks) return "polling";
    return this.#failures ? "reconnecting" : "connecting";
  }

  #later(name, delayMs, run) {
    this.#cancel(name);
    this.#timers[name] = this.#options.timers.setTimeout(run, delayMs);
  }

  #cancel(name) {
    this.#options.timers.clearTimeout(this.#timers[name]);
  }
}
