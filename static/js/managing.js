// Adding, editing, pausing and deleting servers: joins the form and the menu of a card to what
// the page knows and to monserv.

import { UNDO_SECONDS } from "./api.js";
import { isLocal } from "./draft.js";
import { isPaused } from "./health.js";
import { Editing } from "./editing.js";
import { Importing } from "./importing.js";
import { putServer, removeServer } from "./putting.js";
import { say, sayMany } from "./say.js";
import { HostKeyDialog } from "./views/host-key.js";
import { Menu } from "./views/menu.js";

const NOTICE = "notice";
// What is offered can still be done, also from afar.
const UNDO_MARGIN_MS = 1_000;

export class Managing {
  #page;
  #editing;
  #importing;
  #hostKey;
  #menu;

  // elements: { editor, importing, hostKey, menu }; page: { api, store, tell(news), reveal(id), changed(),
  // restored() }, which hear that the store holds what monserv has just confirmed, and that
  // a server is back whose past is to be asked for.
  constructor(elements, page) {
    this.#page = page;
    const servers = () => [...page.store.servers.values()];
    const onSaved = (server, isNew) => this.#saved(server, isNew);
    const onImport = () => this.#importing.open();
    this.#editing = new Editing(elements.editor, page.api, servers, onSaved, onImport);
    this.#importing = new Importing(elements.importing, page.api, (added) => this.#imported(added));
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

  // The servers of a file.
  import(opener) {
    opener.focus();
    this.#importing.open();
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
    putServer(this.#page.store, server);
    this.#page.changed();
    if (isNew) this.#page.reveal(server.id);
  }

  #imported(added) {
    for (const server of added) putServer(this.#page.store, server);
    const subject = sayMany(added.length, "{n} server was added", "{n} servers were added");
    this.#tell(subject, say("Their first values come within seconds"));
    this.#page.changed();
  }

  async #toggle(server) {
    const isResumed = isPaused(server);
    try {
      putServer(this.#page.store, await this.#page.api.toggleServer(server.id));
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

  // It is gone at once, for everybody. Whoever still has this page can bring it back, until
  // monserv forgets it, which no page needs to be open for.
  async #delete(server) {
    const { api, store, changed } = this.#page;
    try {
      await api.deleteServer(server.id);
    } catch (error) {
      this.#tell(say("{name} could not be deleted", { name: server.name }), error.message);
      return;
    }
    removeServer(store, server.id);
    changed();
    this.#page.tell({
      kind: NOTICE,
      subject: say("{name} was deleted", { name: server.name }),
      message: isLocal(server)
        ? say("Its past alerts stay in the history.")
        : say("Its login is forgotten; its past alerts stay in the history."),
      lastsMs: UNDO_SECONDS * 1000 - UNDO_MARGIN_MS,
      action: { label: say("Undo"), run: () => this.#bringBack(server) },
    });
  }

  async #bringBack(server) {
    const { api, store, changed, restored, reveal } = this.#page;
    try {
      putServer(store, await api.restoreServer(server.id));
      this.#tell(say("{name} is back", { name: server.name }), say("With its login, its alerts and its history"));
      changed();
      restored();
      reveal(server.id);
    } catch (error) {
      this.#tell(say("{name} could not be brought back", { name: server.name }), error.message);
    }
  }

  #tell(subject, message) {
    this.#page.tell({ kind: NOTICE, subject, message });
  }
}
