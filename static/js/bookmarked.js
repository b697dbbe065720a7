// Writes what bookmark.js reads, which is not needed at first sight. Pure.

const NAMES = ["view", "status", "tag", "q", "sort", "group"];

// The address's query for these options; what else is in it stays as it is.
export function write(search, { view, statuses, tag, text, sort, isDown, isGrouped }) {
  const said = new URLSearchParams(search);
  const isSorted = sort !== "status" || isDown;
  const values = [
    view === "table" ? view : "",
    statuses.join(","),
    tag,
    text,
    isSorted ? (isDown ? "-" : "") + sort : "",
    isGrouped ? "tag" : "",
  ];
  NAMES.forEach((name, i) => {
    said.delete(name);
    if (values[i]) said.set(name, values[i]);
  });
  const query = said.toString().replaceAll("%2C", ",").replace(/=(?=&|$)/g, "");
  return query && `?${query}`;
}
