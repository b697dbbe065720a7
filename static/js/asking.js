// What is asked of REST by itself, one at a time each: the servers and alerts where no socket
// brings them, the trends, and who it is that looks.

import { Refresher } from "./refresher.js";

const GAP_MS = 500;

// page: { intervalMs, timers, isSeen(), isFed(), errors: by name, shown() hears when they
// changed, takers: { servers, session, alerts, trends }, pasts() -> the ids of whose trends are
// wanted next }. `isFed`: a socket brings what there is.
export function makeRefreshers(api, page) {
  const refresher = (name, ask, isWanted = page.isSeen) =>
    new Refresher(async () => page.takers[name](await ask()), {
      gapMs: GAP_MS,
      retryMs: page.intervalMs,
      timers: page.timers,
      isWanted,
      onDone: () => {
        delete page.errors[name];
        page.shown();
      },
      onError: (error) => {
        page.errors[name] = error.message;
        page.shown();
      },
    });
  const isUnfed = () => page.isSeen() && !page.isFed();
  return {
    servers: refresher("servers", api.servers, isUnfed),
    session: refresher("session", api.session),
    alerts: refresher("alerts", api.activeAlerts, isUnfed),
    trends: refresher("trends", async () => {
      const ids = page.pasts();
      return { ids, found: ids.length ? await api.trends(ids) : new Map() };
    }),
  };
}
