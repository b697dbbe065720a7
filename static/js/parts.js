// What the page has besides its servers, each loaded when somebody asks for it first.

import { loadLibrary } from "./chart.js";
import { lazily } from "./lazily.js";
import { isSeen, timers } from "./live.js";
import { clock, element, frames, intervalMs, page, showServers, store } from "./main.js";
import { recall } from "./remembered.js";

export const isWantedHere = () => ["sound", "notices"].some((name) => recall(name) === "on");

// What only the page of a server is made of: asked for at once, and not one after the other.
const OF_SERVER = [
  "bands", "curves", "episodes", "journal-filter", "journal-notes", "journal-source",
  "panels", "past", "readings", "scale", "server-data", "spark", "timespan", "views/episode",
  "views/gestures", "views/journal", "views/journal-frame", "views/keyed", "views/palette",
  "views/plot-marks", "views/server-charts", "views/server-extras", "views/server-head",
  "views/server-keys", "views/server-problems", "views/server-rows", "views/server-tiles",
  "views/time-bar", "views/time-chart", "watching", "wire-journal", "wire-server",
];

function importServerPage() {
  for (const name of OF_SERVER) {
    const { href } = new URL(`./${name}.js`, import.meta.url);
    document.head.append(Object.assign(document.createElement("link"), { rel: "modulepreload", href }));
  }
  // What it draws with comes meanwhile; a failure is told by whoever needs it.
  loadLibrary().catch(() => {});
  return import("./server-page.js");
}

// of: { api, live, visitor, tell(news), reveal(id), go(address), home() }
export function makeParts({ api, live, visitor, tell, reveal, go, home }) {
  // What the pages that are loaded later want of this one.
  const given = {
    get: api.get,
    store,
    now: () => clock.now(),
    intervalMs,
    timers,
    isSeen,
    isLoaded: () => page.loaded,
    areAlertsKnown: () => live.areAlertsKnown,
    frames,
    loadLibrary,
    tell,
    home,
  };
  return {
    managing: lazily(
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
              live.requestLists();
            },
            reveal,
            restored: () => live.requestPasts(),
          },
        ),
    ),
    notifications: lazily(
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
    ),
    here: lazily(
      () => import("./here.js"),
      ["/static/css/here.css"],
      ({ Here }) => new Here(element("here"), { go, tell }),
    ),
    server: lazily(
      importServerPage,
      ["/static/css/server.css", "/static/css/journal.css"],
      ({ ServerPage }) => new ServerPage(element("server"), given),
    ),
    alerts: lazily(
      () => import("./alerts-page.js"),
      ["/static/css/journal.css"],
      ({ AlertsPage }) => new AlertsPage(element("alerts"), given),
    ),
  };
}
