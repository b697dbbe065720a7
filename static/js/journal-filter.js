// Which alerts are looked at, as the address keeps it, so that it can be bookmarked and
// sent: ?state=active&severity=critical&type=disk&server=nas&span=24h&text=var, or with
// from=...&to=... instead of a span. The names are those of the REST API. Pure.

const HOUR_MS = 3_600_000;
const SPANS_MS = { "1h": HOUR_MS, "24h": 24 * HOUR_MS, "7d": 168 * HOUR_MS, "30d": 720 * HOUR_MS };
const CHOICES = {
  state: ["active", "resolved"],
  severity: ["critical", "warning"],
  type: ["memory", "disk", "cpu", "process", "host", "authentication", "host_key"],
  span: Object.keys(SPANS_MS),
};
// The API takes no longer ones.
const MOST = { server: 1024, text: 256 };
const TIMES = ["from", "to"];
const NAMES = [...Object.keys(CHOICES), ...TIMES, ...Object.keys(MOST)];

export const NO_FILTER = {
  state: "",
  severity: "",
  type: "",
  server: "",
  span: "",
  from: null,
  to: null,
  text: "",
};

function time(value) {
  const at = value ? Date.parse(value) : NaN;
  return Number.isNaN(at) ? null : at;
}

// What an address says, without what it says wrongly. `from` and `to` are milliseconds.
export function read(search) {
  const said = new URLSearchParams(search);
  const found = { ...NO_FILTER };
  for (const [name, choices] of Object.entries(CHOICES)) {
    if (choices.includes(said.get(name))) found[name] = said.get(name);
  }
  for (const [name, most] of Object.entries(MOST)) found[name] = (said.get(name) ?? "").slice(0, most);
  if (found.span) return found;
  const [from, to] = TIMES.map((name) => time(said.get(name)));
  return from !== null && to !== null && from > to ? found : { ...found, from, to };
}

// The address's query for this filter; what else is in it stays as it is.
export function write(search, filter) {
  const said = new URLSearchParams(search);
  for (const name of NAMES) {
    const value = filter[name];
    said.delete(name);
    if (value) said.set(name, TIMES.includes(name) ? new Date(value).toISOString() : value);
  }
  const query = said.toString().replaceAll("%3A", ":").replaceAll("%2F", "/");
  return query && `?${query}`;
}

// A filter with what was chosen besides; a span goes before other times.
export function chosen(filter, besides) {
  const found = Object.fromEntries(Object.entries(besides).filter(([name, value]) => value !== NO_FILTER[name]));
  const times = found.span || found.from || found.to ? { span: "", from: null, to: null } : {};
  return { ...filter, ...times, ...found };
}

export const isFiltered = (filter) => NAMES.some((name) => filter[name] !== NO_FILTER[name]);

// The time span that is meant at `nowMs` -> { from, to }, null for an open end.
export function spanOf({ span, from, to }, nowMs) {
  return span ? { from: nowMs - SPANS_MS[span], to: null } : { from, to };
}

// What the API is asked for: those that are over, newest first, `before` an instant.
export function request(filter, nowMs, { size, page = 1, before = null }) {
  const { from, to } = spanOf(filter, nowMs);
  const ends = [to, before].filter((at) => at !== null);
  const asked = { state: "resolved", page_size: size, page };
  for (const name of ["server", "type", "severity", "text"]) asked[name] = filter[name];
  if (from !== null) asked.from = new Date(from).toISOString();
  if (ends.length) asked.to = new Date(Math.min(...ends)).toISOString();
  return new URLSearchParams(Object.entries(asked).filter(([, value]) => value !== ""));
}

// Whether an alert that the page knows itself is looked at; `name` is its server's.
export function matches(filter, alert, name, nowMs) {
  const { from, to } = spanOf(filter, nowMs);
  const text = filter.text.toLowerCase();
  const searched = [alert.subject, alert.message, alert.hostname, alert.serverId, name];
  return (
    ["severity", "type"].every((key) => !filter[key] || filter[key] === alert[key]) &&
    (!filter.server || filter.server === alert.serverId) &&
    (from === null || alert.triggeredAt >= from) &&
    (to === null || alert.triggeredAt <= to) &&
    searched.some((one) => one.toLowerCase().includes(text))
  );
}
