// One connection test after another: which runs, what it found, and of which draft.

import { connection, toTest } from "./draft.js";

export class Trial {
  #ask;
  #running = null;
  #of = "";
  #result = null;

  // `ask(values, signal)` -> Promise of a result.
  constructor(ask) {
    this.#ask = ask;
  }

  get isRunning() {
    return this.#running !== null;
  }

  get result() {
    return this.#result;
  }

  // Whether what runs or was found is of this draft, and not of what stood there before.
  isOf = (draft) => this.#of === connection(draft);

  hasPassed = (draft) => this.#result?.passed === true && this.isOf(draft);

  hasFailed = (draft) => this.#result?.passed === false && this.isOf(draft);

  // Resolves to the result, or to null when nobody waits for it any longer.
  async run(draft, server) {
    this.forget();
    const running = new AbortController();
    this.#running = running;
    this.#of = connection(draft);
    const isWanted = () => running === this.#running;
    try {
      const result = await this.#ask(toTest(draft, server), running.signal);
      if (!isWanted()) return null;
      this.#result = result;
      return result;
    } catch (error) {
      if (!isWanted()) return null;
      throw error;
    } finally {
      if (isWanted()) this.#running = null;
    }
  }

  // Also stops what runs.
  forget() {
    const running = this.#running;
    this.#running = null;
    this.#result = null;
    this.#of = "";
    running?.abort();
  }
}
