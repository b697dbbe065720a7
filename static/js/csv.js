// Episodes as CSV (RFC 4180), for a spreadsheet. Pure.

const COLUMNS = {
  event_id: (e) => e.eventId,
  triggered_at: (e) => instant(e.triggeredAt),
  resolved_at: (e) => instant(e.resolvedAt ?? null),
  resolution: (e) => e.resolution ?? "",
  severity: (e) => e.severity,
  type: (e) => e.type,
  server_id: (e) => e.serverId,
  server_url: (e) => e.serverUrl ?? "",
  hostname: (e) => e.hostname,
  subject: (e) => e.subject,
  message: (e) => e.message,
};

const instant = (atMs) => (atMs === null ? "" : new Date(atMs).toISOString());

// A spreadsheet takes what begins so for a formula, and a server may have given itself the name.
const isFormula = (text) => /^[=+\-@\t\r]/.test(text);

function cell(value) {
  const text = isFormula(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csv(episodes) {
  const rows = episodes.map((episode) => Object.values(COLUMNS).map((of) => cell(of(episode))));
  return [Object.keys(COLUMNS), ...rows].map((row) => `${row.join(",")}\r\n`).join("");
}
