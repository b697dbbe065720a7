// The second composition root: all that the page can do besides showing its servers. It
// comes once they are shown, and whatever asks for it earlier waits for it.

import { Api } from "./api.js";
import { makeRefreshers } from "./asking.js";
import * as bookmark from "./bookmark.js";
import { loadLibrary } from "./chart.js";
import { Connection, isDisconnected } from "./connection.js";
import { connectKeys } from "./keyboard.js";
import { lazily, surely } from "./lazily.js";
import * as main from "./main.js";
import { isByValue, isFiltered } from "./overview.js";
import { Pages } from "./pages.js";
import { readFrame } from "./plain.js";
import { connectPrint } from "./print.js";
import { recall, remember } from "./remembered.js";
import { say } from "./say.js";
import { connectTheme } from "./theme.js";
import { Tab } from "./tab.js";
import { Toasting } from "./toasting.js";
import { changes } from "./toasts.js";
import { showActiveCount } from "./views/active-count.js";
import { connectBadge, showBadge } from "./views/badge.js";
import { Controls } from "./views/controls.js";
import { showMessage } from "./views/message.js";
import { connectSticky } from "./views/sticky.js";
import { connectTips } from "./views/tip.js";
import { Visitor } from "./visitor.js";

const { clock, element, feed, frames, intervalMs, list, page, paint, show, store } = main;
const isSeen = () => !document.hidden;
const timers = {
  now: () => Date.now(),
  setTimeout: (run, delayMs) => setTimeout(run, delayMs),
  clearTimeout: (timer) => clearTimeout(timer),
};

const UPDATES_PER_REFRESH = 3;
const TICK_MS = 1000;
// So long the list of servers may take to come through the socket before REST is asked.
const FEED_PATIENCE_MS = 1500;
const NO_FILTER = { statuses: [], tag: "", text: "" };

const api = new Api({
  onServerTime: (serverTimeMs) => clock.observe(serverTimeMs),
  onLoginNeeded: () => visitor.logIn(),
});
const toasts = new Toasting(element("toasts"), frames);
const tab = new Tab(document);
let updates = 0;
let connected = { kind: "connecting", retryAt: null, isKeyed: false };

show.address = () => {
  if (!pages.isOverview) return;
  const query = bookmark.write(location.search, page.options);
  history.replaceState(null, "", `${location.pathname}${query}${location.hash}`);
};

show.ages = () => list.refreshAges();
show.badge = () => showBadge(element("connection"), connected, Date.now());
show.message = () => {
  const { loaded, errors } = page;
  // While disconnected the badge says it already, unless nothing was ever shown.
  const error = loaded && connected.kind !== "live" ? "" : (Object.values(errors)[0] ?? "");
  const isUnmatched = isFiltered(page.options) && list.isEmpty;
  const count = store.servers.size;
  showMessage(element("message"), { loaded, count, error, canManage: visitor.canManage, isUnmatched });
};

const asked = makeRefreshers(api, {
  intervalMs,
  timers,
  isSeen,
  isFed: () => feed.isSynced,
  errors: page.errors,
  shown: () => paint("message"),
  takers: {
    // What was asked for may come after a socket has brought newer ones.
    servers: (found) => {
      if (feed.isSynced) return;
      store.putServers(found);
      page.loaded = true;
      main.showServers();
    },
    alerts: (found) => feed.isSynced || main.duties.takeAlerts(found),
    session: (found) => visitor.welcome(found),
    // Each in its turn, so that nobody waits for those that are not seen.
    trends: (found) => {
      for (const [id, read] of found) frames.add(`past ${id}`, () => putTrend(id, read()));
    },
  },
});
function putTrend(id, points) {
  store.putTrends(new Map([[id, points]]));
  list.refresh([id]);
}
const request = (...names) => names.forEach((name) => asked[name].request());
const refreshLists = () => request("servers", "alerts");

// What a person changed is there at once, and in the address for whoever keeps it.
function change(changes) {
  page.options = { ...page.options, ...changes };
  if (changes.view) remember("view", changes.view);
  if (!pages.isOverview) {
    pages.go(`/${bookmark.write("", page.options)}`);
    return;
  }
  controls.show(page.options);
  page.isAsked = true;
  paint("servers", "address");
}

// A frame later the browser has followed the link, and its own focus is where it was.
export function reveal(id) {
  if (!pages.isOverview) pages.go("/");
  const isHidden = !list.has(id) && store.servers.has(id);
  if (isHidden && isFiltered(page.options)) change(NO_FILTER);
  frames.add("reveal", () => list.reveal(id));
}

export function tell(news) {
  toasts.tell(news);
  if (isWantedHere() && news.kind !== "notice") getHere().then((here) => here.hear(news), failed);
}

// How many alerts are active, where it is seen without the page, and so at once: a hidden
// one has no frames.
function countAlerts() {
  const active = store.shownAlerts;
  tab.alerts(active);
  showActiveCount(element("alerts-link"), active.length);
}

function nameTab() {
  const { name, id } = pages.route;
  const server = () => store.servers.get(id)?.name ?? id;
  tab.name(name === "alerts" ? say("Alerts") : name === "server" ? server() : "");
}

// News that came while nobody pushed is found by comparing two lists of alerts.
let alertsKnown = feed.isSynced;
let newsMissed = false;

const { takeAlerts } = main.duties;
main.duties.takeAlerts = (found) => {
  const before = store.alerts;
  takeAlerts(found);
  if (alertsKnown && newsMissed) changes(before, found).forEach(tell);
  alertsKnown = true;
  newsMissed = connected.kind !== "live";
};

function takeMetrics(byUrl) {
  const { changed, unknown } = store.putMetrics(byUrl);
  main.refresh(changed);
  updates += 1;
  if (unknown || updates % UPDATES_PER_REFRESH === 0) request("servers");
}

// A frame of the first protocol.
export function takePlain(text) {
  const frame = connected.isKeyed ? null : readFrame(text);
  if (frame?.kind === "metrics") takeMetrics(frame.metrics);
  else if (frame?.kind === "news") {
    tell(frame.news);
    refreshLists();
  }
}

function changeConnection(state) {
  const before = connected.kind;
  connected = state;
  document.documentElement.toggleAttribute("data-disconnected", isDisconnected(state.kind));
  if (!["connecting", "live"].includes(state.kind)) newsMissed = true;
  if (["reconnecting", "polling"].includes(state.kind)) feed.lost();
  // The socket of monserv.v2 brings the lists itself.
  if (state.kind === "live" && before !== "live") {
    if (before !== "connecting") request("session", "trends");
    if (!state.isKeyed) refreshLists();
  }
  if (state.kind === "reconnecting" && !page.loaded) refreshLists();
  paint("badge", "message");
}

const connection = new Connection({
  openSocket: (protocols) => new WebSocket(new URL("/ws", location.href.replace(/^http/, "ws")), protocols),
  poll: async () => {
    takeMetrics(await api.state());
    request("alerts");
  },
  check: api.check,
  onFrame: main.takeFrame,
  onState: changeConnection,
  onSilence: () => feed.ask(),
  // Either the login has ended, which the session says, or it was but this socket.
  onTurnedAway: () => request("session"),
  isSeen,
  timers,
  random: Math.random,
  intervalMs,
});

function tick() {
  toasts.tick();
  paint("ages", "badge", "attention");
  if (isByValue(page.options)) paint("servers");
  pages.tick();
}

const getManaging = lazily(
  () => import("./managing.js"),
  ["/static/css/managing.css", "/static/css/import.css"],
  ({ Managing }) =>
    new Managing(
      {
        editor: element("editor"),
        importing: element("import"),
        hostKey: element("host-key"),
        menu: element("menu"),
      },
      {
        api,
        store,
        tell,
        changed: () => {
          main.showServers();
          refreshLists();
        },
        reveal,
        restored: () => request("trends"),
      },
    ),
);

const getNotifications = lazily(
  () => import("./views/notifications.js"),
  ["/static/css/notifications.css"],
  ({ NotificationsDialog }) =>
    new NotificationsDialog(element("notifications"), {
      load: api.notifications,
      tryChannel: api.tryChannel,
      set: api.setNotifications,
      maySet: () => visitor.canSet,
      now: () => clock.now(),
    }),
);

const isWantedHere = () => ["sound", "notices"].some((name) => recall(name) === "on");
const getHere = lazily(
  () => import("./here.js"),
  ["/static/css/here.css"],
  ({ Here }) => new Here(element("here"), { go: (address) => pages.go(address), tell }),
);

const tellLost = (message) =>
  tell({ kind: "notice", subject: say("This part of the page could not be loaded"), message });
const failed = () => tellLost(say("Try again in a moment, or reload the page"));
const manage = (use) => getManaging().then(use, failed);

// The buttons of a card or row: its menu, and those that mend what is wrong.
export const act = (what, button, id) =>
  manage((managing) => (what === "menu" ? managing.openMenu(button, id) : managing.mend(what, id)));

// What this screen does is told in the same dialog.
function openNotifications() {
  getNotifications().then((dialog) => dialog.open(), failed);
  getHere().then((here) => here.show(), failed);
}

const visitor = new Visitor({
  isTyping: () => getManaging.made()?.isEditing ?? false,
  tellLoginNeeded: () => getManaging.made().tellLoginNeeded(),
});

// What the pages that are loaded later want of this one.
const given = {
  get: api.get,
  store,
  now: () => clock.now(),
  intervalMs,
  timers,
  isSeen,
  isLoaded: () => page.loaded,
  areAlertsKnown: () => alertsKnown,
  frames,
  loadLibrary,
  tell,
  home: () => pages.home(),
};
const getServerPage = lazily(
  () => import("./server-page.js"),
  ["/static/css/server.css", "/static/css/journal.css"],
  ({ ServerPage }) => new ServerPage(element("server"), given),
);
const getAlertsPage = lazily(
  () => import("./alerts-page.js"),
  ["/static/css/journal.css"],
  ({ AlertsPage }) => new AlertsPage(element("alerts"), given),
);

const controls = new Controls(element, change);
const pages = new Pages(
  { overview: element("servers"), server: element("server"), alerts: element("alerts") },
  { server: getServerPage, alerts: getAlertsPage },
  {
    shown: ({ name }) => {
      nameTab();
      if (name !== "overview") return;
      page.options = main.bookmarked();
      controls.show(page.options);
      page.isAsked = true;
      main.arrange();
    },
    failed: () => tellLost(say("It is tried again by itself")),
  },
);
connectKeys({
  search: element("search"),
  help: element("help"),
  seek: () => pages.isOverview || pages.go("/"),
  clear: () => pages.isOverview && change(NO_FILTER),
});
for (const [opener, open] of [
  ["keys-open", () => element("help").showModal()],
  ["notifications-open", openNotifications],
  ["message-clear", () => change(NO_FILTER)],
]) {
  element(opener).addEventListener("click", open);
}
connectTips();
connectTheme(element("theme"));
connectPrint(element("printed"));
connectBadge(element("connection"), () => connection.retryNow());
connectSticky(element("attention"), element("top"));
for (const button of document.querySelectorAll(".add, .message-add")) {
  button.addEventListener("click", () => manage((managing) => managing.add(button)));
}
const importer = document.querySelector(".message-import");
importer.addEventListener("click", () => manage((managing) => managing.import(importer)));
for (const event of ["online", "pageshow"]) addEventListener(event, () => connection.retryNow());
document.addEventListener("visibilitychange", () => {
  if (!isSeen()) return;
  request("session", "servers", "trends", "alerts");
  connection.retryNow();
});

// Who typed before anybody listened is heard now.
const typed = element("search").value.trim();
pages.start();
if (typed) change({ text: typed });
main.duties.isListening = true;
main.duties.send = (text) => connection.send(text);
main.duties.update = (ids) => {
  pages.update(ids);
  countAlerts();
  if (ids === null) nameTab();
};
connection.start(main.first, page.loaded);
request("session", "trends");
paint("message");
setTimeout(refreshLists, FEED_PATIENCE_MS);
setInterval(tick, TICK_MS);
countAlerts();
element("late").hidden = true;
// Nobody has asked for these yet: they are tried until they are there.
if (isWantedHere()) getHere.surely();
for (const get of Object.values(main.getKind)) get.surely();
const later = ["./views/card-details.js", "./views/trend.js"].map((path) => surely(() => import(path)));
Promise.all([main.getKind.card.surely(), ...later]).then(([card, { showDetails }, { showTrend }]) => {
  card.useLater({ showDetails, showTrend });
  list.refresh();
});
