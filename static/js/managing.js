// Adding, editing, pausing and deleting servers: joins the form, the menu of a card and
// the last question to what the page knows and to monserv.

import { isPaused } from "./health.js";
import { Editing } from "./editing.js";
import { say } from "./say.js";
import { Confirm } from "./views/confirm.js";
import { HostKeyDialog } from "./views/host-key.js";
import { Menu } from "./views/menu.js";

const NOTICE = "notice";

export class Managing {
  #page;
  #editing;
  #confirm;
  #hostKey;
  #menu;

  // elements: { editor, confirm, hostKey, menu }; page: { api, store, tell(news), reveal(id),
  // changed() }, which hears that the store holds what monserv has just confirmed.
  constructor(elements, page) {
    this.#page = page;
    const servers = () => [...page.store.servers.values()];
    const onSaved = (server, isNew) => this.#saved(server, isNew);
    this.#editing = new Editing(elements.editor, page.api, servers, onSaved);
    this.#confirm = new Confirm(elements.confirm);
    this.#hostKey = new HostKeyDialog(elements.hostKey, page.api, (server) => this.#accepted(server));
    this.#menu = new Menu(elements.menu, (what, id) => this.#choose(what, id));
  }

  get isEditing() {
    return this.#editing.isOpen;
  }

  tellLoginNeeded() {
    this.#editing.tellLoginNeeded();
  }

  add(opener) {
    opener.focus();
    this.#editing.open(null);
  }

  openMenu(button, id) {
    this.#menu.open(button, this.#server(id));
  }

  // What a card offers when something is wrong; a refused login is mended in the form.
  mend(what, id) {
    const server = this.#server(id);
    if (!server) return;
    if (what === "mend") this.#editing.open(server, "password");
    if (what === "accept") this.#hostKey.open(server);
    if (what === "retry") this.#retry(server);
  }

  #server = (id) => this.#page.store.servers.get(id);

  #choose(what, id) {
    const server = this.#server(id);
    if (!server) return;
    if (what === "edit") this.#editing.open(server);
    if (what === "toggle") this.#toggle(server);
    if (what === "delete") this.#delete(server);
  }

  #saved(server, isNew) {
    if (isNew) this.#tell(say("{name} was added", server), say("Its first values come within seconds"));
    else this.#tell(say("{name} was saved", server), "");
    this.#page.store.putServer(server);
    this.#page.changed();
    if (isNew) this.#page.reveal(server.id);
  }

  async #toggle(server) {
    const isResumed = isPaused(server);
    try {
      this.#page.store.putServer(await this.#page.api.toggleServer(server.id));
      const stays = say("Nobody asks it, and it raises no alert, until it is resumed");
      if (isResumed) this.#tell(say("{name} was resumed", server), "");
      else this.#tell(say("{name} was paused", server), stays);
    } catch (error) {
      const subject = isResumed
        ? say("{name} could not be resumed", server)
        : say("{name} could not be paused", server);
      this.#tell(subject, error.message);
    }
    this.#page.changed();
  }

  #accepted(server) {
    this.#tell(say("The host key of {name} was accepted", server), say("It is tried with that key now"));
    this.#page.changed();
  }

  async #retry(server) {
    try {
      await this.#page.api.retryServer(server.id);
      this.#tell(say("{name} is tried now", server), say("What comes of it shows within seconds"));
    } catch (error) {
      this.#tell(say("{name} is not tried now", server), error.message);
    }
    this.#page.changed();
  }

  #delete(server) {
    const { api, store, changed } = this.#page;
    const onRemoved = () => {
      this.#tell(say("{name} was deleted", server), "");
      store.removeServer(server.id);
      changed();
    };
    const alerts = store.alertsOf(server.id).length;
    this.#confirm.ask(server, alerts, () => api.deleteServer(server.id), onRemoved);
  }

  #tell(subject, message) {
    this.#page.tell({ kind: NOTICE, subject, message });
  }
}
