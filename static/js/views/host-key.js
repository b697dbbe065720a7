// The dialog in which a person compares host keys side by side and accepts the new one.

import * as keys from "../host-keys.js";
import { say } from "../say.js";
import { clone, setText, slots } from "./dom.js";

const ADVICE = say("Compare what it shows now with what the server itself prints, at its console:");
const ADVICE_ONLY = say("Compare what it shows now with what the server itself says, at its console.");
const COMPARE_FIRST = say("Compare the fingerprints first, and say so above.");

export class HostKeyDialog {
  #dialog;
  #slot;
  #api;
  #onAccepted;
  #server = null;
  #found = null;
  #isBusy = false;

  // `api`: { hostKeys(id), acceptKey(id, fingerprint) }; `onAccepted(server)` hears of it
  // when the focus is back on the page.
  constructor(dialog, api, onAccepted) {
    this.#dialog = dialog;
    this.#slot = slots(dialog);
    this.#api = api;
    this.#onAccepted = onAccepted;
    this.#slot.cancel.addEventListener("click", () => dialog.close());
    this.#slot.accept.addEventListener("click", () => this.#accept());
    this.#slot.sure.addEventListener("change", () => this.#showSure());
  }

  async open(server) {
    this.#server = server;
    this.#show(null, say("Looking at its host keys …"));
    setText(this.#dialog.querySelector("h2"), say("The host key of {name}", server));
    this.#dialog.showModal();
    this.#slot.cancel.focus();
    await this.#load(server);
  }

  async #load(server) {
    try {
      const found = await this.#api.hostKeys(server.id);
      if (this.#server === server) this.#show(found, keys.words(found));
    } catch (error) {
      if (this.#server === server) this.#show(null, "", error.message);
    }
  }

  #show(found, words, problem = "") {
    const slot = this.#slot;
    const isAcceptable = found !== null && keys.isAcceptable(found);
    this.#found = found;
    setText(slot.words, words);
    setText(slot.problem, problem);
    slot.sides.hidden = !found?.offered;
    showRows(slot.known, found ? keys.knownRows(found) : []);
    showRows(slot.offered, found ? keys.offeredRows(found) : []);
    slot.compare.hidden = slot.accept.hidden = !isAcceptable;
    const command = found ? keys.command(found) : "";
    setText(slot.advice, command ? ADVICE : ADVICE_ONLY);
    setText(slot.command, command);
    slot.command.hidden = command === "";
    slot.sure.checked = false;
    this.#showSure();
  }

  #showSure() {
    this.#slot.accept.ariaDisabled = String(!this.#slot.sure.checked);
    if (this.#slot.sure.checked) setText(this.#slot.problem, "");
  }

  async #accept() {
    if (this.#isBusy) return;
    if (!this.#slot.sure.checked) {
      setText(this.#slot.problem, COMPARE_FIRST);
      return;
    }
    const server = this.#server;
    this.#isBusy = true;
    setText(this.#slot.problem, "");
    try {
      await this.#api.acceptKey(server.id, this.#found.offered.fingerprint);
      this.#dialog.close();
      this.#onAccepted(server);
    } catch (error) {
      // It may show yet another key by now, which has to be compared anew.
      await this.#load(server);
      setText(this.#slot.problem, error.message);
    } finally {
      this.#isBusy = false;
    }
  }
}

function showRows(list, rows) {
  const none = { type: say("None"), fingerprint: "", origin: "" };
  list.replaceChildren(
    ...(rows.length ? rows : [none]).map((row) => {
      const element = clone("key-row");
      const slot = slots(element);
      for (const name of ["type", "fingerprint", "origin"]) setText(slot[name], row[name]);
      return element;
    }),
  );
}
