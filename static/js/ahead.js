// The page of a server is on its way before anybody asks for it: when somebody points at a link
// to one or has the keyboard there, and once this page has rested, where somebody sees it and
// no data is to be saved.

import { readRoute } from "./route.js";

const REST_MS = 5000;

function leadsToServer(target) {
  const link = target.closest?.("a[href]");
  // On a phone the name of a card opens its row.
  return link && link.role !== "button" && readRoute(link.pathname)?.name === "server";
}

// `load()` is called once. Returns what is to be called when all that this page shows is there.
export function connectAhead(load) {
  const done = new AbortController();
  const { signal } = done;
  const begin = () => {
    if (signal.aborted) return;
    done.abort();
    load();
  };
  for (const event of ["pointerover", "focusin"]) {
    document.addEventListener(event, ({ target }) => leadsToServer(target) && begin(), { signal });
  }
  const idly = globalThis.requestIdleCallback ?? setTimeout;
  const rest = () => document.hidden || navigator.connection?.saveData || idly(begin);
  return () => setTimeout(rest, REST_MS);
}
