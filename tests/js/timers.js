// A clock that moves only when told to; its timers run in order as it passes them.

export class ManualTimers {
  #now = 0;
  #next = 1;
  #waiting = new Map();

  now = () => this.#now;

  setTimeout = (run, delayMs) => {
    this.#next += 1;
    this.#waiting.set(this.#next, { run, at: this.#now + delayMs });
    return this.#next;
  };

  clearTimeout = (timer) => this.#waiting.delete(timer);

  // Promises that became ready are settled after each timer, as a browser does.
  async advance(ms) {
    const end = this.#now + ms;
    await settle();
    for (let due = this.#due(end); due; due = this.#due(end)) {
      const [timer, { run, at }] = due;
      this.#waiting.delete(timer);
      this.#now = at;
      run();
      await settle();
    }
    this.#now = end;
  }

  #due(end) {
    return [...this.#waiting].filter(([, { at }]) => at <= end).sort((a, b) => a[1].at - b[1].at)[0];
  }
}

const settle = () => new Promise((resolve) => setImmediate(resolve));
