// The newest truth about every server, as the page knows it. Pure: no DOM, no
// network, no clock. The put methods say which servers changed.

import { byServer } from "./alerts.js";
import { shownStatus } from "./health.js";
import { Series } from "./series.js";

// What an order, a filter or a count of servers depends on.
const LISTED = ["name", "url", "status", "reason", "tags"];

// Live updates of the first protocol carry no network and load; the last known ones stay.
export function newer(known, incoming) {
  if (!known || !incoming) return incoming ?? known ?? null;
  const [base, rest] = incoming.takenAt >= known.takenAt ? [incoming, known] : [known, incoming];
  return {
    ...base,
    disks: base.disks,
    processes: base.processes,
    network: incoming.network !== undefined ? incoming.network : rest.network,
    load: incoming.load !== undefined ? incoming.load : rest.load,
  };
}

export class Store {
  servers = new Map();
  alerts = [];
  #alertsByServer = new Map();
  // Servers that were there and are not; some of them come back.
  #gone = new Set();
  #series = new Map();
  #intervalMs;

  constructor(intervalMs) {
    this.#intervalMs = intervalMs;
  }

  alertsOf(id) {
    return this.#alertsByServer.get(id) ?? [];
  }

  // Those of servers that are there, or not known yet: what is deleted asks for nothing.
  get shownAlerts() {
    return this.alerts.filter(({ serverId }) => !this.#gone.has(serverId));
  }

  pointsOf(id) {
    return this.#series.get(id)?.points ?? [];
  }

  #seriesOf(id) {
    if (!this.#series.has(id)) this.#series.set(id, new Series(this.#intervalMs * 3));
    return this.#series.get(id);
  }

  // The whole list of servers; those that are not in it are gone.
  putServers(list) {
    const before = this.servers;
    this.servers = new Map();
    for (const server of list) {
      const metrics = newer(before.get(server.id)?.metrics, server.metrics);
      this.servers.set(server.id, { ...server, metrics });
      if (metrics) this.#remember(server.id, metrics);
    }
    for (const id of before.keys()) if (!this.servers.has(id)) this.#gone.add(id);
    for (const id of this.servers.keys()) this.#gone.delete(id);
    for (const id of this.#series.keys()) if (!this.servers.has(id)) this.#series.delete(id);
  }

  // Whole servers by id as they are now, null for one that is gone -> whether what lists are
  // made of has changed: which servers there are, their names and what they are sorted by.
  putStates(states) {
    let isListChanged = false;
    for (const [id, server] of states) {
      const before = this.servers.get(id);
      if (server === null) this.#drop(id);
      else this.#put(server);
      isListChanged ||= server === null || !before || LISTED.some((key) => server[key] !== before[key]);
    }
    return isListChanged;
  }

  #drop(id) {
    this.#gone.add(id);
    this.servers.delete(id);
    this.#series.delete(id);
  }

  #put(server) {
    this.#gone.delete(server.id);
    this.servers.set(server.id, server);
    if (server.metrics) this.#remember(server.id, server.metrics);
  }

  // History by id; it may come before the list of servers does.
  putTrends(byId) {
    for (const [id, points] of byId) this.#seriesOf(id).fill(points);
  }

  // One alert that began, changed or ended.
  putAlert(alert) {
    const others = this.alerts.filter(({ eventId }) => eventId !== alert.eventId);
    this.putAlerts(alert.isActive ? [alert, ...others] : others);
  }

  putAlerts(list) {
    this.alerts = list;
    this.#alertsByServer = byServer(list);
  }

  counts() {
    const counts = { online: 0, warning: 0, alert: 0, offline: 0, paused: 0 };
    for (const server of this.servers.values()) {
      const status = shownStatus(server);
      if (status in counts) counts[status] += 1;
    }
    return counts;
  }

  #remember(id, metrics) {
    if (metrics.takenAt === null) return;
    const point = {
      at: metrics.takenAt,
      cpu: metrics.cpu?.used ?? null,
      memory: metrics.memory?.used ?? null,
    };
    this.#seriesOf(id).push(point);
  }
}
