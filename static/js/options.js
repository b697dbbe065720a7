// What is asked of an overview's options once it is shown; bookmark.js reads them. Pure.

const NAMES = ["view", "status", "tag", "q", "sort", "group"];

// Whether what it sorts by changes with each sample.
export const isByValue = ({ sort }) => !["status", "name"].includes(sort);

export const isFiltered = ({ statuses, tag, text }) => statuses.length > 0 || tag !== "" || text !== "";

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
