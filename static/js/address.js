// What a pasted address says, read as monserv reads its settings: in
// ssh://user:password@host:port?name=nas&tags=a,b&key=/path&jump=gate the userinfo ends at the
// last "@" and the user at the first ":", what is percent-encoded is decoded, and a "%"
// without two hex digits is itself. Pure.

const SCHEME = /^ssh:\/\//i;
const LINE_FEEDS = /[\r\n]+/g;
const PLACE = /^(\[[^\]]*\]|[^:/?]*)(?::(\d{1,5}))?\/?(?:\?(.*))?$/;
const ENCODED = /(?:%[0-9a-f]{2})+/gi;
const OPTIONS = ["name", "tags", "key", "jump"];

// Bytes that are no UTF-8 stay as they were written.
function decode(part) {
  return part.replace(ENCODED, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded;
    }
  });
}

function options(query) {
  const pairs = query.split("&").map((pair) => {
    const [name, ...value] = pair.split("=");
    return [name, decode(value.join("="))];
  });
  return Object.fromEntries(pairs.filter(([name, value]) => OPTIONS.includes(name) && value));
}

// The fields of the form that `text` fills, or null when it is no address but a host.
export function readAddress(text) {
  const line = text.replace(LINE_FEEDS, "").trim();
  const rest = line.replace(SCHEME, "");
  const at = rest.lastIndexOf("@");
  if (rest === line && (at < 1 || /\s/.test(line))) return null;
  const place = PLACE.exec(rest.slice(at + 1));
  if (!place?.[1]) return null;
  const [user, ...password] = at < 0 ? [""] : rest.slice(0, at).split(":");
  const found = {
    host: place[1].replace(/^\[|\]$/g, ""),
    port: place[2] ?? "22",
    username: decode(user),
    password: decode(password.join(":")),
    ...options(place[3] ?? ""),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value));
}
