// The pages of one document: which one is shown, and how a person gets from one to the
// other without losing what is live.

import { readRoute } from "./route.js";

const isPlain = (event) =>
  event.button === 0 && !(event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);

// Where a click leads within these pages, or null where the browser does better itself.
function followed(event) {
  const link = isPlain(event) ? event.target.closest("a[href]") : null;
  if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin) return null;
  const isHere = link.pathname === location.pathname && link.search === location.search && link.hash;
  return isHere || !readRoute(link.pathname) ? null : link;
}

export class Pages {
  #elements;
  #get;
  #on;
  #route = { name: "", id: "" };
  #page = null;
  #scrolled = 0;
  #home = "/";

  // `elements`: the <main> of each page by its name. `get`: by the name of each page but the
  // overview, what `lazily` returns, of { open({ id, query }), close(), update(ids), tick() }.
  // `on`: { shown(route) once its element is seen, late(isLate) }.
  constructor(elements, get, on) {
    this.#elements = elements;
    this.#get = get;
    this.#on = on;
  }

  start() {
    document.addEventListener("click", (event) => {
      const link = followed(event);
      if (!link) return;
      event.preventDefault();
      this.go(`${link.pathname}${link.search}${link.hash}`);
    });
    addEventListener("popstate", () => this.#follow());
    this.#show(readRoute(location.pathname));
  }

  get route() {
    return this.#route;
  }

  get isOverview() {
    return this.#route.name === "overview";
  }

  // Go to an address of these pages: "/servers/nas?range=1d".
  go(address) {
    if (this.isOverview) this.#home = `${location.pathname}${location.search}`;
    history.pushState(null, "", address);
    this.#follow();
  }

  // Back to the overview, as it was last.
  home() {
    this.go(this.#home);
  }

  // Some servers, or with null all there is, have something new.
  update(ids = null) {
    this.#page?.update(ids);
  }

  tick() {
    this.#page?.tick();
  }

  #follow() {
    const route = readRoute(location.pathname);
    if (this.isOverview) this.#scrolled = scrollY;
    this.#show(route);
    scrollTo(0, this.isOverview ? this.#scrolled : 0);
    this.#elements[route.name].focus({ preventScroll: true });
  }

  #show(route) {
    this.#page?.close();
    this.#page = null;
    this.#route = route;
    document.documentElement.dataset.page = route.name;
    for (const [name, element] of Object.entries(this.#elements)) element.hidden = name !== route.name;
    document.querySelector(".skip").href = `#${this.#elements[route.name].id}`;
    for (const link of document.querySelectorAll("nav a")) {
      link.ariaCurrent = readRoute(link.pathname)?.name === route.name ? "page" : null;
    }
    this.#on.late(false);
    this.#on.shown(route);
    if (!this.isOverview) this.#open(route);
  }

  // It is tried until it is there; whoever has gone on meanwhile is not brought back.
  async #open(route) {
    const get = this.#get[route.name];
    const element = this.#elements[route.name];
    element.toggleAttribute("data-late", !get.made());
    get().catch(() => this.#route === route && this.#on.late(true));
    const page = await get.surely();
    element.toggleAttribute("data-late", false);
    if (this.#route !== route) return;
    this.#on.late(false);
    this.#page = page;
    page.open({ id: route.id, query: new URLSearchParams(location.search) });
  }
}
