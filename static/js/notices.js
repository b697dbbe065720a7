// Notifications of the browser: one for each alert, replaced when it is over, and only while
// nobody sees the page.

import { say, sayMany } from "./say.js";

// More of them would hide each other; the others are counted in one.
const MOST = 4;
const MORE = "more";
const ICON = "/static/favicon.svg";

const tagOf = ({ eventId, title }) => `monserv-${eventId || title}`;
// Where the alert is seen.
const addressOf = ({ eventId }) => (eventId ? `/alerts#event-${encodeURIComponent(eventId)}` : "/alerts");

export class Notices {
  #show;
  #shown = new Map();
  #more = 0;

  // `show(title, options, address)` shows one and returns it, { close() }, or null when the
  // browser does not; whoever clicks it wants that address.
  constructor(show) {
    this.#show = show;
  }

  hear(news) {
    const tag = tagOf(news);
    if (news.kind === "recovery") this.#recovered(tag, news);
    else if (news.kind === "alert") this.#raised(tag, news);
  }

  // Somebody sees the page: it says it all.
  clear() {
    for (const shown of this.#shown.values()) shown.close();
    this.#shown.clear();
    this.#more = 0;
  }

  #raised(tag, news) {
    if (!this.#shown.has(tag) && this.#shown.size >= MOST) {
      this.#more += 1;
      const title = sayMany(this.#more, "{n} more alert", "{n} more alerts");
      this.#put(`monserv-${MORE}`, title, "", "/alerts");
      return;
    }
    this.#put(tag, say("Alert: {subject}", { subject: news.title }), news.message, addressOf(news));
  }

  // Of an alert that nobody was told of here, nobody is told that it is over.
  #recovered(tag, news) {
    if (!this.#shown.has(tag)) return;
    this.#put(tag, say("Recovered: {subject}", { subject: news.title }), news.message, addressOf(news));
  }

  #put(tag, title, body, address) {
    const shown = this.#show(title, { body, tag, icon: ICON }, address);
    if (shown) this.#shown.set(tag, shown);
  }
}
