// Adding the servers of a file: a preview first, then each one that was chosen, with a line of
// its own about how that went.

import * as list from "./import-list.js";
import { say, sayMany } from "./say.js";
import { ImportView } from "./views/import.js";

const MAX_BYTES = 256 * 1024;
// Many at once are too many for monserv as well: it says when to go on.
const TRIES = 5;

const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

export class Importing {
  #api;
  #view;
  #onAdded;
  #found = null;
  #chosen = new Set();
  #results = new Map();
  #isBusy = false;

  // `onAdded(servers)` hears which servers were added, once they all are.
  constructor(dialog, api, onAdded) {
    this.#api = api;
    this.#onAdded = onAdded;
    this.#view = new ImportView(dialog, {
      picked: (file) => this.#read(file),
      preview: () => this.#preview(),
      chose: (name, isOn) => this.#choose((chosen) => list.choose(this.#rows, chosen, name, isOn)),
      choseAll: (isOn) => this.#choose(() => list.chooseAll(this.#rows, isOn)),
      back: () => this.#back(),
      add: () => this.#add(),
      close: () => this.#view.close(),
    });
  }

  open() {
    if (!this.#isBusy) this.#back();
    this.#view.open();
  }

  get #rows() {
    return this.#found?.servers ?? [];
  }

  async #read(file) {
    if (file.size > MAX_BYTES) return this.#view.showProblem(say("The file is larger than 256 KiB."));
    this.#view.write(await file.text());
    await this.#preview();
  }

  async #preview() {
    const { text, username } = this.#view.read();
    if (text.trim() === "") return this.#view.showProblem(say("Choose a file, or paste what stands in it."));
    this.#view.showProblem("");
    try {
      this.#found = await this.#api.previewImport({ text, ...(username && { username }) });
      this.#chosen = list.chooseAll(this.#rows, true);
      this.#results.clear();
      this.#show();
      this.#view.focusList();
    } catch (error) {
      this.#view.showProblem(error.fields?.text || error.message);
    }
  }

  #back() {
    this.#found = null;
    this.#show();
  }

  #choose(change) {
    if (this.#isBusy) return;
    this.#chosen = change(this.#chosen);
    this.#show();
  }

  async #add() {
    if (this.#isBusy || this.#chosen.size === 0) return;
    this.#isBusy = true;
    const added = [];
    const ids = list.knownIds(this.#rows);
    for (const row of this.#rows.filter(({ name }) => this.#chosen.has(name))) {
      if (!this.#view.isOpen) break;
      const server = await this.#addOne(row, ids);
      if (server) added.push(server);
      this.#show();
    }
    this.#isBusy = false;
    this.#show();
    if (added.length) this.#onAdded(added);
  }

  async #addOne(row, ids) {
    const { values, problem } = list.toAdd(row, ids, this.#view.read());
    try {
      if (problem) throw new Error(problem);
      this.#results.set(row.name, { state: "running", text: say("Adding …") });
      this.#show();
      const server = await this.#patiently(values);
      ids.set(row.name, server.id);
      row.known = server.id;
      this.#results.set(row.name, { state: "passed", text: say("Added") });
      this.#chosen.delete(row.name);
      return server;
    } catch (error) {
      this.#results.set(row.name, { state: "failed", text: error.message });
      return null;
    }
  }

  async #patiently(values) {
    for (let i = 1; ; i++) {
      try {
        return await this.#api.addServer(values);
      } catch (error) {
        if (error.status !== 429 || i === TRIES || !this.#view.isOpen) throw error;
        await pause(error.retryAfterSeconds);
      }
    }
  }

  #show() {
    if (this.#found === null) return this.#view.showText();
    const isDone = [...this.#results.values()].some(({ state }) => state === "passed");
    this.#view.showList(this.#rows.map((row) => this.#shown(row)), {
      summary: list.summary(this.#found, this.#chosen),
      remarks: this.#found.remarks,
      hasKeys: this.#rows.some((row) => list.isReady(row) && row.key),
      isAllChosen: this.#chosen.size > 0 && this.#chosen.size === list.chooseAll(this.#rows, true).size,
      add: sayMany(this.#chosen.size, "Add {n} server", "Add {n} servers"),
      close: isDone && !this.#isBusy ? say("Done") : say("Cancel"),
      canAdd: this.#chosen.size > 0 && !this.#isBusy,
    });
  }

  #shown(row) {
    const result = this.#results.get(row.name);
    return {
      ...row,
      place: list.place(row),
      isReady: list.isReady(row) && !this.#isBusy,
      isChosen: this.#chosen.has(row.name),
      state: result?.state ?? (row.problem ? "failed" : row.known === null ? "" : "known"),
      note: result?.text ?? list.note(row),
    };
  }
}
