// The second composition root: all that the page can do besides showing its servers. It
// comes once they are shown, and whatever asks for it earlier waits for it.

import { connectAhead } from "./ahead.js";
import { Api } from "./api.js";
import { connectKeys } from "./keyboard.js";
import { surely } from "./lazily.js";
import { Live } from "./live.js";
import * as main from "./main.js";
import { isByValue, isFiltered, write } from "./options.js";
import { Pages } from "./pages.js";
import { isWantedHere, makeParts } from "./parts.js";
import { connectPrint } from "./print.js";
import { remember } from "./remembered.js";
import { say } from "./say.js";
import { connectTheme } from "./theme.js";
import { Tab } from "./tab.js";
import { Toasting } from "./toasting.js";
import { named } from "./toasts.js";
import { showActiveCount } from "./views/active-count.js";
import { connectBadge, showBadge } from "./views/badge.js";
import { Controls } from "./views/controls.js";
import { showMessage } from "./views/message.js";
import { connectSticky } from "./views/sticky.js";
import { connectTips } from "./views/tip.js";
import { connectWalking } from "./views/walking.js";
import { Visitor } from "./visitor.js";

const { clock, element, frames, list, page, paint, show, store } = main;

const TICK_MS = 1000;
const NO_FILTER = { statuses: [], tag: "", text: "" };

const api = new Api({
  onServerTime: (serverTimeMs) => clock.observe(serverTimeMs),
  onLoginNeeded: () => visitor.logIn(),
});
const toasts = new Toasting(element("toasts"), frames);
const tab = new Tab(document);
// What fails of it now is told by whoever asks for it.
const rested = connectAhead(() => server().catch(() => {}));
const live = new Live(api, { tell, welcome: (found) => visitor.welcome(found), rested });

show.address = () => {
  if (!pages.isOverview) return;
  const query = write(location.search, page.options);
  history.replaceState(null, "", `${location.pathname}${query}${location.hash}`);
};

show.ages = () => list.refreshAges();
show.badge = () => showBadge(element("connection"), live.connected, Date.now());
show.message = () => {
  const { loaded, errors } = page;
  // While disconnected the badge says it already, unless nothing was ever shown.
  const error = loaded && live.connected.kind !== "live" ? "" : (Object.values(errors)[0] ?? "");
  const isUnmatched = isFiltered(page.options) && list.isEmpty;
  const count = store.servers.size;
  showMessage(element("message"), { loaded, count, error, canManage: visitor.canManage, isUnmatched });
};

// What a person changed is there at once, and in the address for whoever keeps it.
function change(changes) {
  page.options = { ...page.options, ...changes };
  if (changes.view) remember("view", changes.view);
  if (!pages.isOverview) {
    pages.go(`/${write("", page.options)}`);
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

export function tell(found) {
  const news = named(found, store.servers.get(found.serverId));
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

// A frame of the first protocol.
export const takePlain = (text) => live.takePlain(text);

function tick() {
  toasts.tick();
  paint("ages", "badge", "attention");
  if (isByValue(page.options)) paint("servers");
  pages.tick();
}

const failed = () =>
  tell({
    kind: "notice",
    subject: say("This part of the page could not be loaded"),
    message: say("Try again in a moment, or reload the page"),
  });
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

const {
  managing: getManaging,
  notifications: getNotifications,
  here: getHere,
  server,
  alerts,
} = makeParts({ api, live, visitor, tell, reveal, go: (address) => pages.go(address), home: () => pages.home() });

const controls = new Controls(element, change);
const pages = new Pages(
  { overview: element("servers"), server: element("server"), alerts: element("alerts") },
  { server, alerts },
  {
    shown: ({ name }) => {
      nameTab();
      if (name !== "overview") return;
      page.options = main.bookmarked();
      controls.show(page.options);
      page.isAsked = true;
      main.arrange();
    },
    late: (isLate) => (element("late").hidden = !isLate),
  },
);
// What follows has its own tasks: all of it in one would be felt.
const turn = () => new Promise((resolve) => setTimeout(resolve));

await turn();
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
connectPrint(element("printed"), (isPrinting) => list.print(isPrinting));
connectWalking(element("grid"), list);
connectBadge(element("connection"), () => live.retryNow());
connectSticky(element("attention"), element("top"));
for (const button of document.querySelectorAll(".add, .message-add")) {
  button.addEventListener("click", () => manage((managing) => managing.add(button)));
}
const importer = document.querySelector(".message-import");
importer.addEventListener("click", () => manage((managing) => managing.import(importer)));

await turn();
// Who typed before anybody listened is heard now.
const typed = element("search").value.trim();
pages.start();
if (typed) change({ text: typed });
main.duties.isListening = true;
main.duties.update = (ids) => {
  pages.update(ids);
  countAlerts();
  if (ids !== null) return;
  nameTab();
  live.request("trends");
};
await turn();
live.start();
paint("message");
setInterval(tick, TICK_MS);
countAlerts();
element("late").hidden = true;
// Nobody has asked for these yet: they are tried until they are there.
if (isWantedHere()) getHere.surely();
for (const get of Object.values(main.getKind)) get.surely();
const later = ["./views/card-details.js", "./views/trend.js"].map((path) => surely(() => import(path)));
Promise.all([main.getKind.card.surely(), ...later]).then(([card, { detailsWith }, { showTrend }]) => {
  card.useLater({ showDetails: detailsWith(api.interfaces), showTrend });
  list.refresh();
});
