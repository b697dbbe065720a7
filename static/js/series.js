// The last 15 minutes of one server, oldest first. Pure: time is handed in.
// A point is { at, cpu, memory }; null is a gap and stays one.

export const SPAN_MS = 15 * 60 * 1000;
const MAX_POINTS = 4000;

// Whether points make a line: it takes two that are known.
export const isLine = (points) =>
  points.filter(({ cpu, memory }) => cpu !== null || memory !== null).length > 1;

export class Series {
  #points = [];
  #gapAfterMs;

  // Two points further apart than `gapAfterMs` are not joined by a line.
  constructor(gapAfterMs) {
    this.#gapAfterMs = gapAfterMs;
  }

  get points() {
    return this.#points;
  }

  // History from the server replaces what it covers and brings its own gaps. What this
  // page knows from before stays, since a monserv that started again has forgotten it,
  // and so do newer live points.
  fill([first, ...rest]) {
    if (!first) return;
    const newest = rest.at(-1)?.at ?? first.at;
    const live = this.#points.filter(({ at }) => at > newest);
    this.#points = this.#points.filter(({ at }) => at < first.at);
    this.push(first);
    this.#points.push(...rest);
    this.#trim(newest - SPAN_MS);
    for (const point of live) this.push(point);
  }

  // Take one point; an old or repeated one changes nothing and answers false.
  push(point) {
    const last = this.#points.at(-1);
    if (last && point.at <= last.at) return false;
    const isKnown = last && (last.cpu !== null || last.memory !== null);
    if (isKnown && point.at - last.at > this.#gapAfterMs) {
      this.#points.push({ at: last.at + 1, cpu: null, memory: null });
    }
    this.#points.push(point);
    this.#trim(point.at - SPAN_MS);
    return true;
  }

  #trim(oldest) {
    const excess = this.#points.length - MAX_POINTS;
    let drop = 0;
    while (drop < excess || this.#points[drop].at < oldest) drop += 1;
    if (drop) this.#points.splice(0, drop);
  }
}
