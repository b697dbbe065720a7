// Who looks at this page and what they may do, and the way to the log-in and out.

import { showSession } from "./views/session.js";

const LOGIN = "/login";

export class Visitor {
  canManage = false;
  #element;
  #page;

  // `page`: { isTyping(), tellLoginNeeded(), tell(news) }.
  constructor(element, page) {
    this.#element = element;
    this.#page = page;
  }

  welcome({ name, canManage }) {
    this.canManage = canManage;
    document.documentElement.toggleAttribute("data-may-manage", canManage);
    showSession(this.#element, name);
  }

  // Whoever types into a form is told there; leaving the page would lose what was typed.
  logIn() {
    if (this.#page.isTyping()) this.#page.tellLoginNeeded();
    else location.assign(`${LOGIN}?next=${encodeURIComponent(location.pathname + location.search)}`);
  }

  // `end()` -> Promise ends the session.
  async logOut(end) {
    try {
      await end();
      location.assign(LOGIN);
    } catch (error) {
      this.#page.tell({ kind: "notice", subject: "You are still logged in", message: error.message });
    }
  }
}
