// One connection test after another: which runs, how far it is, what it found, and of which
// draft.

import { connection, toTest } from "./draft.js";

const NOTHING_YET = { steps: [], hostKey: null };

export class Trial {
  #ask;
  #onStep;
  #running = null;
  #of = "";
  #progress = NOTHING_YET;
  #result = null;

  // `ask(values, signal, hear)` -> Promise of a result; `hear({ step, hostKey })` is called
  // for each step that is over. `onStep()` hears that `progress` has grown.
  constructor(ask, onStep = () => {}) {
    this.#ask = ask;
    this.#onStep = onStep;
  }

  get isRunning() {
    return this.#running !== null;
  }

  get result() {
    return this.#result;
  }

  // What is over of the test that runs: { steps, hostKey }.
  get progress() {
    return this.#progress;
  }

  // Whether what runs or was found is of this draft, and not of what stood there before.
  isOf = (draft) => this.#of === connection(draft);

  hasPassed = (draft) => this.#result?.passed === true && this.isOf(draft);

  hasFailed = (draft) => this.#result?.passed === false && this.isOf(draft);

  // Resolves to the result, or to null when nobody waits for it any longer.
  // `accepted` is the fingerprint of the host key that a person has compared, or "".
  async run(draft, server, accepted = "") {
    this.forget();
    const running = new AbortController();
    this.#running = running;
    this.#of = connection(draft);
    const isWanted = () => running === this.#running;
    const hear = ({ step, hostKey }) => {
      if (!isWanted()) return;
      this.#progress = { steps: [...this.#progress.steps, step], hostKey };
      this.#onStep();
    };
    try {
      const values = { ...toTest(draft, server), ...(accepted && { host_key: accepted }) };
      const result = await this.#ask(values, running.signal, hear);
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
    this.#progress = NOTHING_YET;
    this.#of = "";
    running?.abort();
  }
}
