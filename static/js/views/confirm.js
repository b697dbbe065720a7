// The last question before a server is deleted: which one, and what becomes of its alerts.

import { count } from "../format.js";
import { isLocal } from "../draft.js";
import { setText } from "./dom.js";

function consequences(server, alerts) {
  const forgets = isLocal(server) ? "" : " and forgets how to log in";
  const closing =
    alerts === 0
      ? "It has no active alert."
      : `Its ${count(alerts, "active alert closes", "active alerts close")} with the word that the server was removed.`;
  return `monserv stops watching it${forgets}. ${closing} Past alerts stay in the history, and nothing changes on the server itself.`;
}

export class Confirm {
  #dialog;
  #remove;
  #onRemoved;
  #isBusy = false;

  constructor(dialog) {
    this.#dialog = dialog;
    this.#button("cancel").addEventListener("click", () => dialog.close());
    this.#button("delete").addEventListener("click", () => this.#delete());
  }

  // `remove()` -> Promise; while it fails the question stays, with the reason. When it is
  // done and the focus back on the page, `onRemoved()` hears of it.
  ask(server, alerts, remove, onRemoved) {
    this.#remove = remove;
    this.#onRemoved = onRemoved;
    setText(this.#dialog.querySelector("h2"), `Delete ${server.name}?`);
    setText(this.#dialog.querySelector("#confirm-text"), consequences(server, alerts));
    this.#showError("");
    this.#dialog.showModal();
    this.#button("cancel").focus();
  }

  #button = (name) => this.#dialog.querySelector(`[data-do="${name}"]`);

  #showError(sentence) {
    setText(this.#dialog.querySelector(".field-error"), sentence);
  }

  async #delete() {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#showError("");
    try {
      await this.#remove();
      this.#dialog.close();
      this.#onRemoved();
    } catch (error) {
      this.#showError(error.message);
    } finally {
      this.#isBusy = false;
    }
  }
}
