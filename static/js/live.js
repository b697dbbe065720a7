// Keeps true what the page shows: the connection, what is asked of REST where no socket brings
// it, and the news that came while nobody pushed.

import { makeRefreshers } from "./asking.js";
import { Connection, isDisconnected } from "./connection.js";
import * as main from "./main.js";
import { readFrame } from "./plain.js";
import { putMetrics } from "./putting.js";
import { changes } from "./toasts.js";

const { feed, frames, intervalMs, list, page, paint, store } = main;

const UPDATES_PER_REFRESH = 3;
// So many trends are parsed in one go without anybody noticing, also on a slow phone.
const PASTS_AT_ONCE = 50;
// So long the list of servers may take to come through the socket before REST is asked.
const FEED_PATIENCE_MS = 1500;

export const isSeen = () => !document.hidden;
export const timers = {
  now: () => Date.now(),
  setTimeout: (run, delayMs) => setTimeout(run, delayMs),
  clearTimeout: (timer) => clearTimeout(timer),
};

function putTrend(id, points) {
  store.putTrends(new Map([[id, points]]));
  list.refresh([id]);
}

export class Live {
  // What the connection says of itself.
  connected = { kind: "connecting", retryAt: null, isKeyed: false };
  areAlertsKnown = feed.isSynced;
  // News that came while nobody pushed is found by comparing two lists of alerts.
  #newsMissed = false;
  #updates = 0;
  // Whose trends have come.
  #pasts = new Set();
  #tell;
  #asked;
  #connection;

  // on: { tell(news), welcome(session), rested() once all trends are there }
  constructor(api, { tell, welcome, rested }) {
    this.#tell = tell;
    this.#asked = makeRefreshers(api, {
      intervalMs,
      timers,
      isSeen,
      isFed: () => feed.isSynced,
      errors: page.errors,
      shown: () => paint("message"),
      pasts: () => this.#nextPasts(),
      takers: {
        // What was asked for may come after a socket has brought newer ones.
        servers: (found) => {
          if (feed.isSynced) return;
          store.putServers(found);
          page.loaded = true;
          main.showServers();
        },
        alerts: (found) => feed.isSynced || main.duties.takeAlerts(found),
        session: welcome,
        // Each in its turn, so that nobody waits for those that are not seen.
        trends: ({ ids, found }) => {
          for (const id of ids) this.#pasts.add(id);
          if (ids.length) this.request("trends");
          else rested();
          for (const [id, read] of found) frames.add(`past ${id}`, () => putTrend(id, read()));
        },
      },
    });
    this.#connection = new Connection({
      openSocket: (protocols) => new WebSocket(new URL("/ws", location.href.replace(/^http/, "ws")), protocols),
      poll: async () => {
        this.#takeMetrics(await api.state());
        this.request("alerts");
      },
      check: api.check,
      onFrame: main.takeFrame,
      onState: (state) => this.#change(state),
      onSilence: () => feed.ask(),
      // Either the login has ended, which the session says, or it was but this socket.
      onTurnedAway: () => this.request("session"),
      isSeen,
      timers,
      random: Math.random,
      intervalMs,
    });
    const { takeAlerts } = main.duties;
    main.duties.takeAlerts = (found) => this.#takeAlerts(found, takeAlerts);
    main.duties.send = (text) => this.#connection.send(text);
  }

  start() {
    this.#connection.start(main.first, page.loaded);
    this.requestPasts("session");
    setTimeout(() => this.requestLists(), FEED_PATIENCE_MS);
    for (const event of ["online", "pageshow"]) addEventListener(event, () => this.retryNow());
    document.addEventListener("visibilitychange", () => {
      if (!isSeen()) return;
      this.requestPasts("session", "servers", "alerts");
      this.retryNow();
    });
  }

  request = (...names) => names.forEach((name) => this.#asked[name].request());
  requestLists = () => this.request("servers", "alerts");
  // All that could be missed meanwhile.
  requestPasts(...others) {
    this.#pasts.clear();
    this.request(...others, "trends");
  }

  // Those of servers that are seen come first.
  #nextPasts() {
    const ids = [...new Set([...list.shown, ...store.servers.keys()])];
    return ids.filter((id) => store.servers.has(id) && !this.#pasts.has(id)).slice(0, PASTS_AT_ONCE);
  }

  retryNow = () => this.#connection.retryNow();

  // A frame of the first protocol.
  takePlain(text) {
    const frame = this.connected.isKeyed ? null : readFrame(text);
    if (frame?.kind === "metrics") this.#takeMetrics(frame.metrics);
    else if (frame?.kind === "news") {
      this.#tell(frame.news);
      this.requestLists();
    }
  }

  #takeMetrics(byUrl) {
    const { changed, unknown } = putMetrics(store, byUrl);
    main.refresh(changed);
    this.#updates += 1;
    if (unknown || this.#updates % UPDATES_PER_REFRESH === 0) this.request("servers");
  }

  #takeAlerts(found, take) {
    const before = store.alerts;
    take(found);
    if (this.areAlertsKnown && this.#newsMissed) changes(before, found).forEach(this.#tell);
    this.areAlertsKnown = true;
    this.#newsMissed = this.connected.kind !== "live";
  }

  #change(state) {
    const before = this.connected.kind;
    this.connected = state;
    document.documentElement.toggleAttribute("data-disconnected", isDisconnected(state.kind));
    if (!["connecting", "live"].includes(state.kind)) this.#newsMissed = true;
    if (["reconnecting", "polling"].includes(state.kind)) feed.lost();
    // The socket of monserv.v2 brings the lists itself.
    if (state.kind === "live" && before !== "live") {
      if (before !== "connecting") this.requestPasts("session");
      if (!state.isKeyed) this.requestLists();
    }
    if (state.kind === "reconnecting" && !page.loaded) this.requestLists();
    paint("badge", "message");
  }
}
