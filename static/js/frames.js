// Gathers work until the next animation frame, each job once however often it is
// asked for, and spreads a long list over several frames so that typing and
// scrolling stay smooth. A hidden tab gets no frames: it catches up on return.

const BUDGET_MS = 8;

// A page that is seen and still gets no frame for so long (a busy machine, a graphics
// process that hangs) is brought up to date all the same.
const LATE_MS = 1000;

export class Frames {
  #jobs = new Map();
  #scheduled = false;

  add(key, job) {
    this.#jobs.set(key, job);
    if (!this.#scheduled) this.#schedule();
  }

  #schedule() {
    this.#scheduled = true;
    const run = () => {
      cancelAnimationFrame(frame);
      clearTimeout(late);
      this.#run();
    };
    const frame = requestAnimationFrame(run);
    const late = setTimeout(() => document.hidden || run(), LATE_MS);
  }

  #run() {
    const deadline = performance.now() + BUDGET_MS;
    for (const [key, job] of this.#jobs) {
      this.#jobs.delete(key);
      try {
        job();
      } catch (error) {
        // One broken view must not stop the others.
        reportError(error);
      }
      if (performance.now() > deadline) break;
    }
    this.#scheduled = this.#jobs.size > 0;
    if (this.#scheduled) this.#schedule();
  }
}
