// What comes into a store on other ways than monserv.v2. Pure.

import { newer } from "./store.js";

// Live metrics of the first protocol, by masked URL -> the ids that changed, and whether a URL
// is new to the store.
export function putMetrics(store, byUrl) {
  const byTheirs = new Map([...store.servers.values()].map((server) => [server.url, server]));
  const changed = new Map();
  let unknown = false;
  for (const [url, metrics] of byUrl) {
    const server = byTheirs.get(url);
    if (!server) unknown = true;
    else if (metrics.takenAt > (server.metrics?.takenAt ?? -Infinity)) {
      changed.set(server.id, { ...server, metrics: newer(server.metrics, metrics) });
    }
  }
  store.putStates(changed);
  return { changed: new Set(changed.keys()), unknown };
}

const allBut = (store, id) => [...store.servers.values()].filter((server) => server.id !== id);

// One server that was just added or changed; the next list has it as well.
export const putServer = (store, server) => store.putServers([...allBut(store, server.id), server]);

export const removeServer = (store, id) => store.putServers(allBut(store, id));
