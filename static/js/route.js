// Which page an address is: "/" the overview, "/servers/<id>" one server, "/alerts" all
// alerts. Pure.

const PATHS = { overview: "/", alerts: "/alerts" };
const SERVER = /^\/servers\/([^/]+)$/;

// { name: "overview" | "server" | "alerts", id: of the server, or "" }; null for other addresses.
export function readRoute(path) {
  const name = Object.keys(PATHS).find((one) => PATHS[one] === path);
  if (name) return { name, id: "" };
  const [, id] = SERVER.exec(path) ?? [];
  try {
    return id === undefined ? null : { name: "server", id: decodeURIComponent(id) };
  } catch {
    // Percent signs that encode nothing name no server.
    return null;
  }
}

export const serverPath = (id) => `/servers/${encodeURIComponent(id)}`;
