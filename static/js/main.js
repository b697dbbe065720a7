// The composition root of the first sight, the servers as they are now. What else the page can
// do comes once they are shown, and is put together in complete.js, which imports from here.

import * as bookmark from "./bookmark.js";
import { Feed } from "./feed.js";
import { Frames } from "./frames.js";
import { lazily } from "./lazily.js";
import * as overview from "./overview.js";
import { recall } from "./remembered.js";
import { ServerClock } from "./server-clock.js";
import { Store } from "./store.js";
import { connectAttention, showAttention } from "./views/attention.js";
import { isPhone } from "./views/dom.js";
import { List } from "./views/list.js";
import { offerTags, showSummary } from "./views/summary.js";
import { readHead, readKeyed, readStates, writeResume, writeSubscribe } from "./wire.js";

// Sooner where the servers are shown.
const PATIENCE_MS = 1000;
const SERVERS_A_TURN = 100;

const root = document.documentElement;
export const intervalMs = Number(document.body.dataset.intervalSeconds) * 1000;
export const element = (id) => document.getElementById(id);
export const clock = new ServerClock(() => Date.now());
export const store = new Store(intervalMs);
export const frames = new Frames();
export const bookmarked = () => bookmark.read(location.search, recall("view"));

// What is known besides servers and alerts. `isAsked`: a person asked for what is listed next,
// and expects it at once.
export const page = { options: bookmarked(), isAsked: false, loaded: false, errors: {} };

const LATER = ["/static/css/complete.css", "/static/css/print.css"];
const getComplete = lazily(() => import("./complete.js"), LATER);
export const complete = (act) => getComplete.surely().then(act);
export const isStarted = () => getComplete.made() !== null;

// A server is a card or a row of the table; what makes the one is not loaded for the other.
const kinds = {};
const know = (kind) => (module) => (kinds[kind] = module);
export const getKind = {
  card: lazily(() => import("./views/card.js"), ["/static/css/card.css"], know("card")),
  row: lazily(() => import("./views/row.js"), ["/static/css/table.css"], know("row")),
};
const kindOf = ({ view }) => (view === "table" && !isPhone() ? "row" : "card");

export const list = new List(
  element("grid"),
  frames,
  (id) => ({
    server: store.servers.get(id),
    alerts: store.alertsOf(id),
    points: store.pointsOf(id),
    nowMs: clock.now(),
    intervalMs,
  }),
  (what, button, id) => complete(({ act }) => act(what, button, id)),
  kinds,
);

export const show = {
  servers: () => arrange(),
  attention: () =>
    showAttention(element("attention"), {
      alerts: store.shownAlerts,
      servers: store.servers,
      nowMs: clock.now(),
    }),
  // What it says in place of servers comes with all the rest.
  message: () => {
    if (!list.isEmpty) element("message").hidden = true;
  },
  summary: () => page.loaded && showSummary(element("summary"), store.counts()),
};
export const paint = (...names) => names.forEach((name) => frames.add(`show ${name}`, show[name]));

export function showServers() {
  // What stands above the servers comes first, or would move them.
  paint("attention", "summary", "servers");
  refresh();
}

// Some servers, or with null all there is, have something new.
export function refresh(ids = null) {
  list.refresh(ids ?? undefined);
  duties.update(ids);
}

export function arrange() {
  if (root.dataset.page !== "overview" || !page.loaded) return;
  const { options } = page;
  if (!kinds[kindOf(options)]) {
    getKind[kindOf(options)].surely().then(arrange);
    return;
  }
  const all = [...store.servers.values()];
  const entries = overview.entries(all, options);
  offerTags(element("tag"), element("grouped"), overview.allTags(all), options.tag);
  // At once, or all would move a moment later.
  const message = element("message");
  if (entries.length && message.dataset.kind === "loading") message.hidden = true;
  list.show(entries, options.view, page.isAsked);
  page.isAsked = false;
  paint("message");
  frames.add("complete", () => setTimeout(complete));
}

function takeAlerts(found) {
  store.putAlerts(found);
  refresh();
  paint("attention");
}

// The first socket, which early.js has opened; who watches over it comes later.
const { socket, heard, fields } = globalThis.early;
export const first = socket;
first.onclose = () => complete();

// What complete.js takes over once it is there.
export const duties = { send: (text) => first.send(text), takeAlerts, update: () => {} };
// A button that is pressed before complete.js listens is pressed as soon as that does.
const HEARD_LATER = "#notifications-open, #keys-open, #add";
document.addEventListener("click", ({ target }) => {
  const button = !duties.isListening && target.closest(HEARD_LATER);
  if (button) complete(() => button.click());
});

const hears = {
  subscribe: () => duties.send(writeSubscribe(fields)),
  resume: (epoch, seq) => duties.send(writeResume(epoch, seq, fields)),
  replace: (states, active) => {
    store.putServers([...states].map(([id, state]) => read.get(id) ?? readKeyed(id, state)));
    read.clear();
    page.loaded = true;
    for (const name of ["servers", "alerts"]) delete page.errors[name];
    duties.takeAlerts(active);
    // Made in a task of its own; the frame after it fills and draws.
    setTimeout(() => ["attention", "summary", "servers"].forEach((name) => show[name]()));
  },
  change: (states) => {
    const read = ([id, state]) => [id, state === null ? null : readKeyed(id, state)];
    if (store.putStates([...states].map(read))) showServers();
    else refresh([...states.keys()]);
  },
  news: (news, alert) => {
    complete(({ tell }) => tell(news));
    if (!alert) return;
    store.putAlert(alert);
    refresh([alert.serverId]);
    paint("attention");
  },
};
export const feed = new Feed(hears, true);

// A snapshot is read some servers at a time: all at once would be felt. Frames after it wait
// as well. A message has its turn soon in a hidden tab, too.
const waiting = [];
const read = new Map();
const turns = new MessageChannel();
const goOn = () => waiting.length && turns.port2.postMessage(null);
turns.port1.onmessage = () => {
  const [{ frame, servers }] = waiting;
  if (!servers.length) feed.take(waiting.shift().frame);
  for (const [id, state] of readStates(servers.splice(0, SERVERS_A_TURN))) {
    frame.states.set(id, state);
    read.set(id, readKeyed(id, state));
  }
  goOn();
};

// Of monserv.v2; what is none of its frames may be one of the first protocol.
export function takeFrame(text) {
  const { frame, servers } = readHead(text);
  if (!frame) complete(({ takePlain }) => takePlain(text));
  else if (!waiting.length && frame.kind !== "snapshot") feed.take(frame);
  else if (waiting.push({ frame, servers }) === 1) goOn();
}

// Whatever has come by then, and not while this page still begins.
setTimeout(() => {
  heard.forEach(takeFrame);
  first.onmessage = ({ data }) => takeFrame(data);
});

connectAttention(element("attention"), () => paint("attention"));
if (root.dataset.page === "overview") {
  getKind[kindOf(page.options)].surely();
  setTimeout(complete, PATIENCE_MS);
} else complete();
