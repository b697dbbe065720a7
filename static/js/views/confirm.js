// The last question before a server is deleted: which one, and what becomes of its alerts.

import { isLocal } from "../draft.js";
import { say, sayMany } from "../say.js";
import { setText } from "./dom.js";

function consequences(server, alerts) {
  const stops = isLocal(server)
    ? say("monserv stops watching it.")
    : say("monserv stops watching it and forgets how to log in.");
  const closing =
    alerts === 0
      ? say("It has no active alert.")
      : sayMany(
          alerts,
          "Its active alert closes with the word that the server was removed.",
          "Its {n} active alerts close with the word that the server was removed.",
        );
  const stays = say("Past alerts stay in the history, and nothing changes on the server itself.");
  return `${stops} ${closing} ${stays}`;
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
    setText(this.#dialog.querySelector("h2"), say("Delete {name}?", server));
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
