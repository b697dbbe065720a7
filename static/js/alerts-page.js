// The page of all alerts: a form that filters, kept in the address, and the journal.

import { save } from "./exporting.js";
import { chosen, isFiltered, matches, NO_FILTER, read, write } from "./journal-filter.js";
import { loadJournal } from "./journal-source.js";
import { say } from "./say.js";
import { Filters } from "./views/journal-filters.js";
import { Journal } from "./views/journal.js";

const EVENT = /^#event-(.+)$/;

export class AlertsPage {
  #page;
  #filters;
  #journal;
  #clear;
  #filter = NO_FILTER;
  #early;
  #isOpen = false;

  // `element`: the <main>. page: what Journal needs but for clear(), and tell(news).
  constructor(element, page) {
    this.#page = page;
    const form = element.querySelector(".alerts-filter");
    this.#filters = new Filters(form, (filter) => this.#change(filter));
    // The form was there before anybody listened to it.
    this.#early = this.#filters.read();
    const clear = () => this.#change(NO_FILTER);
    this.#journal = new Journal(element.querySelector(".alerts-journal"), { ...page, clear });
    this.#clear = form.querySelector("[data-do=clear]");
    this.#clear.addEventListener("click", () => {
      clear();
      form.elements.text.focus();
    });
    const exporting = element.querySelector("[data-do=export]");
    exporting.addEventListener("click", () => this.#save());
    exporting.disabled = false;
  }

  open() {
    this.#isOpen = true;
    this.#filter = chosen(read(location.search), this.#early);
    if (isFiltered(this.#early)) this.#keep(location.hash);
    this.#early = NO_FILTER;
    const [, event = ""] = EVENT.exec(location.hash) ?? [];
    this.#show(event);
  }

  close() {
    this.#isOpen = false;
    this.#journal.close();
  }

  update() {
    this.#filters.offer(this.#page.store.servers, this.#filter.server);
    this.#journal.update();
  }

  tick() {
    this.#journal.update();
  }

  #change(filter) {
    // Who leaves the search has changed nothing, and keeps what is open.
    if (!this.#isOpen || write("", filter) === write("", this.#filter)) return;
    this.#filter = filter;
    this.#keep("");
    this.#show("");
  }

  // What a person chose is in the address for whoever keeps it.
  #keep(hash) {
    const query = write(location.search, this.#filter);
    history.replaceState(null, "", `${location.pathname}${query}${hash}`);
  }

  #show(eventId) {
    this.#filters.offer(this.#page.store.servers, this.#filter.server);
    this.#filters.show(this.#filter);
    this.#clear.hidden = !isFiltered(this.#filter);
    this.#journal.show({ filter: this.#filter, eventId });
  }

  async #save() {
    const { store, get, now, tell } = this.#page;
    const load = (query) => loadJournal(get, query);
    const isLooked = (alert) =>
      this.#filter.state !== "resolved" &&
      matches(this.#filter, alert, store.servers.get(alert.serverId)?.name ?? "", now());
    try {
      await save(this.#filter, store.shownAlerts.filter(isLooked), load, now());
    } catch ({ message }) {
      tell({ kind: "notice", subject: say("The alerts could not be saved as a file"), message });
    }
  }
}
