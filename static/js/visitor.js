// Who looks at this page: what they may do, and where they log in.

export class Visitor {
  canManage = false;
  canSet = false;
  #page;

  // `page`: { isTyping(), tellLoginNeeded() }.
  constructor(page) {
    this.#page = page;
  }

  welcome({ canManage, canSet }) {
    this.canManage = canManage;
    this.canSet = canSet;
    document.documentElement.toggleAttribute("data-may-manage", canManage);
  }

  // Whoever types into a form is told there; leaving the page would lose what was typed.
  logIn() {
    if (this.#page.isTyping()) this.#page.tellLoginNeeded();
    else {
      const { pathname, search, hash } = location;
      location.assign(`/login?next=${encodeURIComponent(pathname + search + hash)}&ended`);
    }
  }
}
