// Runs one loader at a time: requests while it runs are answered by one more run,
// never closer together than `gapMs`. A failed run is tried again after `retryMs`.
// While nobody wants it nothing runs, and nothing is kept for later: whoever wants it
// again requests it.

export class Refresher {
  #load;
  #options;
  #running = false;
  #again = false;
  #timer = null;

  // options: gapMs, retryMs, isWanted(), onDone(), onError(error), timers.
  constructor(load, options) {
    this.#load = load;
    this.#options = options;
  }

  request() {
    if (this.#running || this.#timer !== null) this.#again = true;
    else this.#run();
  }

  async #run() {
    this.#again = false;
    if (!this.#options.isWanted()) return;
    this.#running = true;
    let pause = this.#options.gapMs;
    try {
      await this.#load();
      this.#options.onDone?.();
    } catch (error) {
      this.#again = true;
      pause = this.#options.retryMs;
      this.#options.onError(error);
    }
    this.#running = false;
    this.#timer = this.#options.timers.setTimeout(() => this.#rested(), pause);
  }

  #rested() {
    this.#timer = null;
    if (this.#again) this.#run();
  }
}
