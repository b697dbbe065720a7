// What REST says of the journal of alerts, read as wire.js reads the rest.

import { readAlerts } from "./answers.js";
import { list, number, text, time } from "./wire.js";

const about = (row) => ({
  resolvedAt: time(row.resolved_at),
  resolution: text(row.resolution),
  serverUrl: text(row.server_url),
});

// One page of the journal -> { alerts, total }.
export function readJournal(body) {
  const rows = list(body?.data?.alerts);
  const alerts = readAlerts({ data: rows });
  return {
    alerts: alerts.map((alert, i) => ({ ...alert, ...about(rows[i]) })),
    total: number(body?.data?.total) ?? 0,
  };
}
