// The title of the document and its icon: which page it is, and how many alerts are active.
// Both are seen where the page itself is not, and so never wait for a frame.

import { markOf } from "./alerts.js";

const NAME = "monserv";
const LONGEST = 60;

// "(2) web1 · monserv"; without alerts "web1 · monserv", without a name "monserv". Pure.
export function titleOf(name, count) {
  const characters = [...name];
  const short = characters.length > LONGEST ? `${characters.slice(0, LONGEST - 1).join("")}…` : name;
  const page = name ? `${short} · ${NAME}` : NAME;
  return count ? `(${count}) ${page}` : page;
}

export class Tab {
  #document;
  #icon;
  #plain;
  #name = "";
  #count = 0;
  #drawn = "";

  constructor(page) {
    this.#document = page;
    this.#icon = page.querySelector("link[rel=icon]");
    this.#plain = this.#icon.getAttribute("href");
  }

  name(name) {
    this.#name = name;
    this.#title();
  }

  alerts(alerts) {
    this.#count = alerts.length;
    this.#title();
    const mark = alerts.some((alert) => markOf(alert) === "alert") ? "alert" : "warning";
    this.#draw(alerts.length, mark);
  }

  #title() {
    const title = titleOf(this.#name, this.#count);
    if (this.#document.title !== title) this.#document.title = title;
  }

  async #draw(count, mark) {
    const wanted = count ? `${mark} ${count}` : "";
    if (wanted === this.#drawn) return;
    this.#drawn = wanted;
    try {
      const href = count ? (await import("./favicon.js")).favicon(count, mark) : this.#plain;
      if (this.#drawn === wanted) this.#icon.setAttribute("href", href);
    } catch {
      // The title says it as well; the next change tries again.
      this.#drawn = null;
    }
  }
}
