// What one server's page knows, and when it asks for it. No document: it tells when there is
// something new.

import { Curves } from "./curves.js";
import { readingsOf, readingsOfDetails } from "./readings.js";
import { Refresher } from "./refresher.js";
import { isLive, RANGES, spanOf } from "./timespan.js";
import * as wire from "./wire-server.js";

const DETAILS_EACH = 3;
const REST_EACH = 15;
const GAP_MS = 200;
const RETRY_MS = 5000;
const RECENT_POINTS = 128;
const REACH_POINTS = 1000;
const EPISODES = 200;
// What the charts are made of; all else would only make them wait.
const FIRST = ["history", "details", "alerts"];
// A page that heard nothing for so many intervals has missed what history may have.
const MISSED_INTERVALS = 6;
const NOT_FOUND = [403, 404];

const METRICS = [
  "cpu_used_percent", "cpu_iowait_percent", "cpu_steal_percent", "cpu_pressure_percent",
  "load_one_minute", "memory_used_percent", "memory_pressure_percent", "swap_used_bytes",
  "temperature_celsius", "network_rx_bytes_per_second", "network_tx_bytes_per_second",
  "disk_read_bytes_per_second", "disk_write_bytes_per_second", "disk_busy_percent",
  "io_pressure_percent", "disk_used_percent",
].join();

const stamp = (at) => new Date(at).toISOString();

export class ServerData {
  #page;
  #id = null;
  #view = null;
  #takenAt = null;
  #updates = 0;
  #active = "";
  #asked;
  #isRestDue = false;

  // page: { get(path), store, now(), intervalMs, timers, isSeen(), points(): how many a chart
  // has room for, changed(...parts): what is new }
  constructor(page) {
    this.#page = page;
    this.#asked = {
      details: this.#refresher("details", () => this.#loadDetails()),
      history: this.#refresher("history", () => this.#loadHistory()),
      recent: this.#refresher("recent", () => this.#loadRecent()),
      alerts: this.#refresher("alerts", () => this.#loadEpisodes()),
      rest: this.#refresher("rest", () => this.#loadRest()),
      reach: this.#refresher("reach", () => this.#loadReach()),
    };
    this.#forget();
  }

  start(id, view) {
    this.#id = id;
    this.#forget();
    this.#view = view;
    this.hear();
    this.ask();
  }

  // For everything: a page that nobody saw has asked for nothing.
  ask() {
    this.#isRestDue = true;
    for (const name of FIRST) this.#asked[name].request();
  }

  #askRest() {
    this.#isRestDue = false;
    for (const [name, one] of Object.entries(this.#asked)) if (!FIRST.includes(name)) one.request();
  }

  stop() {
    this.#id = null;
  }

  // Another span of time; `isAnother` when what is known of it is not enough.
  show(view, isAnother) {
    this.#view = view;
    if (isAnother) for (const name of ["history", "alerts"]) this.#asked[name].request();
  }

  // The store may have something new of this server.
  hear() {
    const { store, intervalMs } = this.#page;
    const active = store.alertsOf(this.#id).map(({ eventId }) => eventId).join();
    if (active !== this.#active && this.#updates) this.#asked.alerts.request();
    this.#active = active;
    const metrics = store.servers.get(this.#id)?.metrics;
    if (!metrics?.takenAt || metrics.takenAt === this.#takenAt) return;
    const missed = this.#takenAt && metrics.takenAt - this.#takenAt > MISSED_INTERVALS * intervalMs;
    this.#takenAt = metrics.takenAt;
    this.#push(readingsOf(metrics), metrics.takenAt);
    this.#updates += 1;
    if (this.#updates % DETAILS_EACH === 0) this.#asked.details.request();
    if (this.#updates % REST_EACH === 0) this.#asked.rest.request();
    if (missed) for (const name of ["history", "recent", "alerts"]) this.#asked[name].request();
  }

  #forget() {
    const { intervalMs } = this.#page;
    Object.assign(this, {
      details: null,
      curves: new Curves(null, intervalMs),
      recent: new Curves(null, intervalMs),
      isHistoryKnown: false,
      episodes: [],
      capabilities: null,
      footprint: undefined,
      oldest: null,
      isUnknown: false,
      errors: {},
    });
    this.#takenAt = null;
    this.#updates = 0;
    this.#active = "";
  }

  #push(readings, at) {
    const now = this.#page.now();
    this.recent.push(readings, at);
    this.recent.trim(now - RANGES["15m"]);
    if (!isLive(this.#view)) return;
    this.curves.push(readings, at);
    this.curves.trim(spanOf(this.#view, now).from);
  }

  #refresher(name, load) {
    return new Refresher(load, {
      gapMs: GAP_MS,
      retryMs: RETRY_MS,
      timers: this.#page.timers,
      isWanted: () => this.#id !== null && !this.isUnknown && this.#page.isSeen(),
      onDone: () => {
        delete this.errors[name];
        this.#page.changed(name);
        if (name === "history" && this.#isRestDue) this.#askRest();
      },
      onError: (error) => {
        this.errors[name] = error.message;
        if (name === "history" && this.#isRestDue) this.#askRest();
        if (name === "details" && NOT_FOUND.includes(error.status)) this.isUnknown = true;
        this.#page.changed(name);
      },
    });
  }

  // What is asked of a server is of no use to the next one that is shown.
  async #ask(what, take) {
    const id = this.#id;
    const body = await this.#page.get(what(`/api/v1/servers/${encodeURIComponent(id)}`));
    if (id === this.#id) take(body);
    return id === this.#id;
  }

  #loadDetails = () =>
    this.#ask((server) => server, (body) => {
      this.details = wire.readDetails(body);
      const { metrics } = this.details;
      if (metrics?.takenAt) this.#push(readingsOfDetails(metrics), metrics.takenAt);
    });

  async #loadHistory() {
    const view = this.#view;
    const { from, to } = spanOf(view, this.#page.now());
    const until = isLive(view) ? "" : `&to=${stamp(to)}`;
    const query = `from=${stamp(from)}${until}&max_points=${this.#page.points()}&metrics=${METRICS}`;
    await this.#ask((server) => `${server}/history?${query}`, (body) => {
      if (view.part !== this.#view.part || view.range !== this.#view.range) return;
      this.curves = new Curves(wire.readHistory(body), this.#page.intervalMs);
      this.isHistoryKnown = true;
    });
  }

  #loadRecent = () =>
    this.#ask((server) => `${server}/history?range=15m&max_points=${RECENT_POINTS}&metrics=${METRICS}`, (body) => {
      this.recent = new Curves(wire.readHistory(body), this.#page.intervalMs);
    });

  // The newest that began before the end of what is shown.
  #loadEpisodes() {
    const { part } = this.#view;
    const until = part ? `&to=${stamp(part.to)}` : "";
    const query = `server=${encodeURIComponent(this.#id)}&page_size=${EPISODES}${until}`;
    return this.#ask(() => `/api/v1/alerts?${query}`, (body) => {
      this.episodes = wire.readEpisodes(body);
    });
  }

  async #loadRest() {
    await this.#ask((server) => `${server}/capabilities`, (body) => {
      this.capabilities = wire.readCapabilities(body);
    });
    await this.#ask((server) => `${server}/footprint`, (body) => {
      this.footprint = wire.readFootprint(body);
    });
  }

  // The oldest that history has: first roughly, then within the first step that has something.
  async #loadReach() {
    let from = null;
    const now = this.#page.now();
    await this.#ask(() => "/api/v1/history", (body) => {
      from = now - wire.readReach(body);
    });
    let to = now;
    for (let round = 0; round < 2 && from !== null && from < to; round += 1) {
      const query = `from=${stamp(from)}&to=${stamp(to)}&max_points=${REACH_POINTS}&metrics=cpu_used_percent`;
      let found = null;
      await this.#ask((server) => `${server}/history?${query}`, (body) => (found = wire.readHistory(body)));
      const first = found ? found.samples.findIndex((polls) => polls > 0) : -1;
      if (first === -1) return;
      from = this.oldest = Math.max(from, found.at[first]);
      to = Math.min(now, from + found.stepMs);
    }
  }
}
