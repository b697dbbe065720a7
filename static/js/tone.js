// A short tone for an alert, made here and not loaded from anywhere.

const NOTES = [
  { hertz: 660, atSeconds: 0 },
  { hertz: 880, atSeconds: 0.16 },
];
const NOTE_SECONDS = 0.28;
const LOUDNESS = 0.12;
const FADE_IN_SECONDS = 0.01;
// An alert storm is one tone, also if several pages of monserv are open.
export const GAP_MS = 5_000;
const LAST = "sounded";

export class Tone {
  #make;
  #memory;
  #now;
  #context = null;

  // `make()` returns an AudioContext; memory: { recall(name), remember(name, text) }.
  constructor(make, memory, now) {
    this.#make = make;
    this.#memory = memory;
    this.#now = now;
  }

  // Whether the browser keeps the page silent until somebody has used it.
  get isBlocked() {
    return this.#context !== null && this.#context.state !== "running";
  }

  // What the browser allows only while somebody presses something.
  async unlock() {
    this.#context ??= this.#make();
    // Without permission the promise waits, for ever perhaps: nobody waits for it here.
    this.#context.resume().catch(() => {});
    await Promise.race([this.#context.resume(), new Promise((done) => setTimeout(done, 200))]);
  }

  // -> whether it sounded: not within GAP_MS of the last one, and not while it is blocked.
  async play(isAsked = false) {
    const last = Number(this.#memory.recall(LAST) ?? 0);
    const sinceMs = this.#now() - last;
    if (!isAsked && sinceMs >= 0 && sinceMs < GAP_MS) return false;
    await this.unlock();
    if (this.isBlocked) return false;
    this.#memory.remember(LAST, String(this.#now()));
    for (const note of NOTES) this.#sound(note);
    return true;
  }

  #sound({ hertz, atSeconds }) {
    const context = this.#context;
    const from = context.currentTime + atSeconds;
    const oscillator = context.createOscillator();
    const gain = context.createGain();
    oscillator.frequency.value = hertz;
    gain.gain.setValueAtTime(0, from);
    gain.gain.linearRampToValueAtTime(LOUDNESS, from + FADE_IN_SECONDS);
    gain.gain.exponentialRampToValueAtTime(0.001, from + NOTE_SECONDS);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(from);
    oscillator.stop(from + NOTE_SECONDS);
  }
}
