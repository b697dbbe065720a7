// The server's time on this machine: samples are stamped there and aged here, and
// the two clocks may differ. Pure: `now` is handed in.

// The Date header has whole seconds: on average the answer left half of one later.
const HALF_SECOND_MS = 500;

export class ServerClock {
  #now;
  #offsetMs = 0;

  constructor(now) {
    this.#now = now;
  }

  observe(serverTimeMs) {
    this.#offsetMs = serverTimeMs + HALF_SECOND_MS - this.#now();
  }

  now() {
    return this.#now() + this.#offsetMs;
  }
}
