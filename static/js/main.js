// The composition root: makes every object, and says who hears of what.

import * as alerts from "./alerts.js";
import { Api } from "./api.js";
import * as bookmark from "./bookmark.js";
import { loadLibrary } from "./chart.js";
import { Connection, isDisconnected } from "./connection.js";
import { Feed } from "./feed.js";
import { Frames } from "./frames.js";
import { connectKeys } from "./keyboard.js";
import { lazily } from "./lazily.js";
import * as overview from "./overview.js";
import { recall, remember } from "./remembered.js";
import { Pages } from "./pages.js";
import { Refresher } from "./refresher.js";
import { say } from "./say.js";
import { ServerClock } from "./server-clock.js";
import { Store } from "./store.js";
import { connectTheme } from "./theme.js";
import { connectAttention, showAttention } from "./views/attention.js";
import { connectBadge, showBadge } from "./views/badge.js";
import { Controls, showSummary } from "./views/controls.js";
import { List } from "./views/list.js";
import { showMessage } from "./views/message.js";
import { connectSticky } from "./views/sticky.js";
import { connectTips } from "./views/tip.js";
import { areToastsHeld, connectToasts, showToasts } from "./views/toasts.js";
import { Visitor } from "./visitor.js";
import { readFrame, readKeyed, writeResume, writeSubscribe } from "./wire.js";

const UPDATES_PER_REFRESH = 3;
const REFRESH_GAP_MS = 500;
const TICK_MS = 1000;
// So long the list of servers may take to come through the socket before REST is asked.
const FEED_PATIENCE_MS = 1500;

const intervalMs = Number(document.body.dataset.intervalSeconds) * 1000;
const element = (id) => document.getElementById(id);
const isSeen = () => !document.hidden;
const timers = {
  now: () => Date.now(),
  setTimeout: (run, delayMs) => setTimeout(run, delayMs),
  clearTimeout: (timer) => clearTimeout(timer),
};

const clock = new ServerClock(() => Date.now());
const api = new Api({
  onServerTime: (serverTimeMs) => clock.observe(serverTimeMs),
  onLoginNeeded: () => visitor.logIn(),
});
const store = new Store(intervalMs);
const frames = new Frames();
const list = new List(
  element("grid"),
  frames,
  (id) => ({
    server: store.servers.get(id),
    alerts: store.alertsOf(id),
    points: store.pointsOf(id),
    nowMs: clock.now(),
    intervalMs,
  }),
  (what, button, id) => {
    manage((managing) => (what === "menu" ? managing.openMenu(button, id) : managing.mend(what, id)));
  },
);

const NO_FILTER = { statuses: [], tag: "", text: "" };
const bookmarked = () => bookmark.read(location.search, recall("view"));
let options = bookmarked();
let isAsked = false;
let connected = { kind: "connecting", retryAt: null, isKeyed: false };
let loaded = false;
let errors = {};
let toasts = alerts.NO_TOASTS;
let updates = 0;
// News that came while nobody pushed is found by comparing two lists of alerts.
let alertsKnown = false;
let newsMissed = false;

const show = {
  ages: () => list.refreshAges(),
  servers: () => arrange(),
  address: () => {
    if (!pages.isOverview) return;
    const query = bookmark.write(location.search, options);
    history.replaceState(null, "", `${location.pathname}${query}${location.hash}`);
  },
  attention: () =>
    showAttention(element("attention"), {
      alerts: store.shownAlerts,
      servers: store.servers,
      nowMs: clock.now(),
    }),
  badge: () => showBadge(element("connection"), connected, Date.now()),
  message: () => {
    // While disconnected the badge says it already, unless nothing was ever shown.
    const error = loaded && connected.kind !== "live" ? "" : (Object.values(errors)[0] ?? "");
    const { canManage } = visitor;
    const isUnmatched = overview.isFiltered(options) && list.isEmpty;
    const count = store.servers.size;
    showMessage(element("message"), { loaded, count, error, canManage, isUnmatched });
  },
  summary: () => loaded && showSummary(element("summary"), store.counts()),
  toasts: () => showToasts(element("toasts"), toasts),
};
const paint = (...names) => names.forEach((name) => frames.add(`show ${name}`, show[name]));

function refresher(name, load, isWanted = isSeen) {
  return new Refresher(load, {
    gapMs: REFRESH_GAP_MS,
    retryMs: intervalMs,
    timers,
    isWanted,
    onDone: () => {
      delete errors[name];
      paint("message");
    },
    onError: (error) => {
      errors[name] = error.message;
      paint("message");
    },
  });
}

// What the feed brings is not asked for besides.
const isUnfed = () => isSeen() && !feed.isSynced;

const servers = refresher("servers", async () => {
  const found = await api.servers();
  if (feed.isSynced) return;
  store.putServers(found);
  loaded = true;
  showServers();
}, isUnfed);

const session = refresher("session", async () => {
  visitor.welcome(await api.session());
  paint("message");
});

const active = refresher("alerts", async () => {
  const found = await api.activeAlerts();
  if (!feed.isSynced) takeAlerts(found);
}, isUnfed);

const trends = refresher("trends", async () => {
  store.putTrends(await api.trends());
  list.refresh();
});

const refreshLists = () => [servers, active].forEach((r) => r.request());
const refreshAll = () => [session, servers, trends, active].forEach((r) => r.request());

function showServers() {
  paint("servers", "summary", "attention");
  pages.update();
  list.refresh();
}

function arrange() {
  const all = [...store.servers.values()];
  controls.offerTags(overview.allTags(all), options.tag);
  paint("message");
  list.show(overview.entries(all, options), options.view, isAsked);
  isAsked = false;
}

// What a person changed is there at once, and in the address for whoever keeps it.
function change(changes) {
  options = { ...options, ...changes };
  if (changes.view) remember("view", changes.view);
  if (!pages.isOverview) {
    pages.go(`/${bookmark.write("", options)}`);
    return;
  }
  controls.show(options);
  isAsked = true;
  paint("servers", "address");
}

// A frame later the browser has followed the link, and its own focus is where it was.
function reveal(id) {
  if (!pages.isOverview) pages.go("/");
  const isHidden = !list.has(id) && store.servers.has(id);
  if (isHidden && overview.isFiltered(options)) change(NO_FILTER);
  frames.add("reveal", () => list.reveal(id));
}

function takeAlerts(found) {
  const before = store.alerts;
  store.putAlerts(found);
  if (alertsKnown && newsMissed) alerts.changes(before, found).forEach(tell);
  alertsKnown = true;
  newsMissed = connected.kind !== "live";
  list.refresh();
  pages.update();
  paint("attention");
}

function tell(news) {
  toasts = alerts.addToast(toasts, news, Date.now());
  paint("toasts");
}

function refresh(ids) {
  list.refresh(ids);
  pages.update(ids);
}

function takeMetrics(byUrl) {
  const { changed, unknown } = store.putMetrics(byUrl);
  refresh(changed);
  updates += 1;
  if (unknown || updates % UPDATES_PER_REFRESH === 0) servers.request();
}

const feed = new Feed({
  subscribe: () => connection.send(writeSubscribe()),
  resume: (epoch, seq) => connection.send(writeResume(epoch, seq)),
  replace: (states, active) => {
    store.putServers([...states].map(([id, state]) => readKeyed(id, state)));
    loaded = true;
    for (const name of ["servers", "alerts"]) delete errors[name];
    showServers();
    takeAlerts(active);
  },
  change: (states) => {
    const read = ([id, state]) => [id, state === null ? null : readKeyed(id, state)];
    if (store.putStates([...states].map(read))) showServers();
    else refresh([...states.keys()]);
  },
  news: (news, alert) => {
    tell(news);
    if (!alert) return;
    store.putAlert(alert);
    refresh([alert.serverId]);
    paint("attention");
  },
});

function takeFrame(text) {
  const frame = readFrame(text);
  if (connected.isKeyed) {
    if (frame) feed.take(frame);
  } else if (frame?.kind === "metrics") takeMetrics(frame.metrics);
  else if (frame?.kind === "news") {
    tell(frame.news);
    refreshLists();
  }
}

async function poll() {
  takeMetrics(await api.state());
  active.request();
}

function changeConnection(state) {
  const before = connected.kind;
  connected = state;
  document.documentElement.toggleAttribute("data-disconnected", isDisconnected(state.kind));
  if (before === "live" && state.kind !== "live") newsMissed = true;
  if (state.kind !== "live" && state.kind !== "silent") feed.lost();
  // The socket of monserv.v2 brings the lists itself.
  if (state.kind === "live" && before !== "live") {
    const again = before === "connecting" ? [] : [session, trends];
    [...again, ...(state.isKeyed ? [] : [servers, active])].forEach((r) => r.request());
  }
  if (state.kind === "reconnecting" && !loaded) refreshLists();
  paint("badge", "message");
}

function tick() {
  toasts = alerts.expireToasts(toasts, Date.now(), areToastsHeld(element("toasts")));
  paint("ages", "badge", "attention", "toasts");
  if (overview.isByValue(options)) paint("servers");
  pages.tick();
}

const connection = new Connection({
  openSocket: (protocols) =>
    new WebSocket(new URL("/ws", location.href.replace(/^http/, "ws")), protocols),
  poll,
  check: api.check,
  onFrame: takeFrame,
  onState: changeConnection,
  onSilence: () => feed.ask(),
  // Either the login has ended, which the session says, or it was but this socket.
  onTurnedAway: () => session.request(),
  isSeen,
  timers,
  random: Math.random,
  intervalMs,
});

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
          showServers();
          refreshLists();
        },
        reveal,
        restored: () => trends.request(),
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
      now: () => clock.now(),
    }),
);

const failed = ({ message }) =>
  tell({ kind: "notice", subject: say("This part of the page could not be loaded"), message });
const manage = (act) => getManaging().then(act, failed);

const visitor = new Visitor({
  isTyping: () => getManaging.made()?.isEditing ?? false,
  tellLoginNeeded: () => getManaging.made().tellLoginNeeded(),
});

const getServerPage = lazily(
  () => import("./server-page.js"),
  ["/static/css/server.css"],
  ({ ServerPage }) =>
    new ServerPage(element("server"), {
      get: api.get,
      store,
      now: () => clock.now(),
      intervalMs,
      timers,
      isSeen,
      isLoaded: () => loaded,
      frames,
      loadLibrary,
      home: () => pages.home(),
    }),
);

const controls = new Controls(element, change);
const pages = new Pages(
  { overview: element("servers"), server: element("server"), alerts: element("alerts") },
  { server: getServerPage },
  {
    shown: ({ name }) => {
      if (name !== "overview") return;
      options = bookmarked();
      controls.show(options);
      isAsked = true;
      arrange();
    },
    failed: (error) => failed(error),
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
  ["notifications-open", () => getNotifications().then((dialog) => dialog.open(), failed)],
  ["message-clear", () => change(NO_FILTER)],
]) {
  element(opener).addEventListener("click", open);
}
connectTips();
connectTheme(element("theme"), () => list.recolour());
connectBadge(element("connection"), () => connection.retryNow());
connectSticky(element("attention"), element("top"));
connectAttention(element("attention"), () => paint("attention"), reveal);
connectToasts(element("toasts"), (key, isActing) => {
  const toast = toasts.items.find((one) => one.key === key);
  toasts = alerts.dismissToast(toasts, key);
  paint("toasts");
  if (isActing) toast?.action.run();
});
for (const button of document.querySelectorAll(".add, .message-add")) {
  button.addEventListener("click", () => manage((managing) => managing.add(button)));
}
for (const event of ["online", "pageshow"]) addEventListener(event, () => connection.retryNow());
document.addEventListener("visibilitychange", () => {
  if (!isSeen()) return;
  refreshAll();
  connection.retryNow();
});

pages.start();
[session, trends].forEach((r) => r.request());
connection.start();
setTimeout(refreshLists, FEED_PATIENCE_MS);
setInterval(tick, TICK_MS);
loadLibrary().then(
  (Chart) => list.useCharts(Chart),
  () => list.doWithoutCharts(),
);
