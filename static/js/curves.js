// The curves of one span of time, each a list of { x, y, low, high, n }: when (milliseconds),
// the average, the least and most of `n` polls. A gap is a point whose y is null. New readings
// go to the point of their step, so that a curve never has more points than were asked for.
// Pure.

// Polls that are further apart than so many steps are not joined.
const GAP_STEPS = 3;

export class Curves {
  #byKey = new Map();
  #stepMs;
  #isFine;
  #until;
  #version = 0;

  // history: what wire-server.js makes of an answer, or null for nothing yet; without it a
  // point comes each `intervalMs`.
  constructor(history, intervalMs) {
    this.#stepMs = history?.stepMs || intervalMs;
    this.#isFine = this.#stepMs <= intervalMs;
    this.#until = history?.to ?? -Infinity;
    if (!history) return;
    const xs = history.at.map((at) => this.#placeOf(at));
    for (const [key, { average, least, most }] of history.curves) {
      const point = (x, i) => ({
        x,
        y: average[i] ?? null,
        low: least[i] ?? null,
        high: most[i] ?? null,
        n: Math.max(1, history.samples[i] ?? 0),
      });
      const points = xs.map(point);
      if (points.some(({ y }) => y !== null)) this.#byKey.set(key, points);
    }
  }

  get keys() {
    return [...this.#byKey.keys()];
  }

  get stepMs() {
    return this.#stepMs;
  }

  // Another number after each reading.
  get version() {
    return this.#version;
  }

  // Whether a point is an average of several polls, whose extremes are worth showing.
  get isCoarse() {
    return !this.#isFine;
  }

  points(key) {
    return this.#byKey.get(key) ?? [];
  }

  // Readings of one instant by key; those that the answer knew already change nothing.
  push(readings, at) {
    if (at <= this.#until) return;
    this.#version += 1;
    for (const [key, value] of readings) {
      if (value !== null) this.#add(key, at, value);
    }
  }

  #add(key, at, value) {
    if (!this.#byKey.has(key)) this.#byKey.set(key, []);
    const points = this.#byKey.get(key);
    const x = this.#placeOf(at);
    const last = points.at(-1);
    if (last && x < last.x) return;
    if (last?.x === x) points[points.length - 1] = this.#isFine ? last : joined(last, value);
    else {
      const gap = this.#stepMs * (this.#isFine ? GAP_STEPS : 1.5);
      // What is read seldom (sensors) is still one line.
      if (last && last.y !== null && x - last.x > Math.max(gap, 30_000)) points.push(nothing(last.x + 1));
      points.push({ x, y: value, low: value, high: value, n: 1 });
    }
  }

  // A step's point stands in its middle.
  #placeOf = (at) =>
    this.#isFine ? at : Math.floor(at / this.#stepMs) * this.#stepMs + this.#stepMs / 2;

  // Forget what lies before `from`, but for the point from which a line comes in.
  trim(from) {
    for (const points of this.#byKey.values()) {
      let drop = 0;
      while (drop + 1 < points.length && points[drop + 1].x < from) drop += 1;
      if (drop) points.splice(0, drop);
    }
  }

  // What was at an instant: the nearest point that is known and near enough, or null.
  at(key, instant) {
    const points = this.points(key);
    const i = firstAfter(points, instant);
    const known = [points[i - 1], points[i]].filter((point) => point && point.y !== null);
    const far = (point) => Math.abs(point.x - instant);
    const nearest = known.sort((a, b) => far(a) - far(b))[0];
    const reach = Math.max(this.#stepMs * (this.#isFine ? GAP_STEPS : 1), 30_000);
    return nearest && far(nearest) <= reach ? nearest : null;
  }

  last(key) {
    return this.points(key).findLast(({ y }) => y !== null) ?? null;
  }

  // Over a span: { average, least, most }, or null where nothing is known.
  summary(key, { from, to }) {
    let [sum, n, least, most] = [0, 0, Infinity, -Infinity];
    for (const point of this.points(key)) {
      if (point.y === null || point.x < from || point.x > to) continue;
      sum += point.y * point.n;
      n += point.n;
      least = Math.min(least, point.low ?? point.y);
      most = Math.max(most, point.high ?? point.y);
    }
    return n ? { average: sum / n, least, most } : null;
  }
}

const nothing = (x) => ({ x, y: null, low: null, high: null, n: 1 });

function joined(point, value) {
  if (point.y === null) return { ...point, y: value, low: value, high: value, n: 1 };
  const n = point.n + 1;
  return {
    x: point.x,
    y: point.y + (value - point.y) / n,
    low: Math.min(point.low ?? point.y, value),
    high: Math.max(point.high ?? point.y, value),
    n,
  };
}

// The place of the first point after an instant.
export function firstAfter(points, instant) {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle].x <= instant) low = middle + 1;
    else high = middle;
  }
  return low;
}
