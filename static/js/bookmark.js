// What an overview shows, as the address keeps it, so that a wall screen can be
// bookmarked: ?view=table&status=alert,offline&tag=prod&q=web&sort=-cpu&group=tag. Pure.

export const SORTS = ["status", "name", "cpu", "memory", "disk", "network", "load", "uptime", "age"];
// A number is looked for from its large end, a word from its first letter.
export const startsDown = (sort) => !["status", "name", "age"].includes(sort);

const STATUSES = ["online", "warning", "alert", "offline", "paused"];
const VIEWS = ["cards", "table"];

// `view` is what this browser had last, if it had any, for an address that says nothing of it.
export function read(search, view) {
  const said = new URLSearchParams(search);
  const sort = (said.get("sort") ?? "").replace(/^-/, "");
  return {
    view: [said.get("view"), view].find((one) => VIEWS.includes(one)) ?? "cards",
    statuses: (said.get("status") ?? "").split(",").filter((one) => STATUSES.includes(one)),
    tag: said.get("tag") ?? "",
    text: said.get("q") ?? "",
    sort: SORTS.includes(sort) ? sort : "status",
    isDown: said.get("sort")?.startsWith("-") ?? false,
    isGrouped: said.get("group") === "tag",
  };
}
