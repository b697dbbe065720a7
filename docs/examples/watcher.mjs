// What a client of monserv.v2 knows; knows no socket and no page.

// Only these fields of each server are told; without "fields" all are.
const WANTED = { fields: ["url", "status", "last_update", "metrics.memory"] };

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

// Returns what a merge patch (RFC 7396) makes of a value.
export function merged(target, patch) {
  if (!isObject(patch)) return patch;
  const result = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) result.delete(key);
    else result.set(key, merged(result.get(key), value));
  }
  return Object.fromEntries(result);
}

// Knows how all servers are, which alerts are active, and what it has heard of.
export class Watcher {
  servers = {};
  alerts = new Map();
  place = null;

  // What to say first: it goes on where it was, if it was anywhere.
  request() {
    const type = this.place ? "resume" : "subscribe";
    return JSON.stringify({ type, ...this.place, ...WANTED });
  }

  // Takes in one message and returns what there is to show of it, in lines. Types that a
  // later version may add are passed over.
  take(message) {
    const { type, epoch, seq } = message;
    if (["snapshot", "delta", "alert"].includes(type)) this.place = { epoch, seq };
    if (type === "snapshot") {
      this.servers = message.servers;
      this.alerts = new Map(message.alerts.map((alert) => [alert.event_id, alert]));
      return [...this.lines(message.servers), `${this.alerts.size} alerts are active`];
    }
    if (type === "delta") {
      this.servers = merged(this.servers, message.servers);
      return this.lines(message.servers);
    }
    if (type === "alert") return [this.hear(message.alert)];
    return type === "error" ? [`not taken: ${message.message}`] : [];
  }

  lines(changed) {
    return Object.keys(changed).map((id) => {
      const state = this.servers[id];
      if (!state) return `${id} is gone`;
      const used = state.metrics?.memory?.used_percent ?? "?";
      return `${state.last_update} ${state.url} ${state.status} memory ${used} %`;
    });
  }

  hear(alert) {
    this.alerts.delete(alert.event_id);
    if (alert.is_active) this.alerts.set(alert.event_id, alert);
    return `${alert.subject}: ${alert.message}`;
  }
}
