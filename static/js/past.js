// The episodes that are over, as far as they were loaded: the newest first, and further
// back on demand. What is new or ended meanwhile moves no page of it. Pure.

export const PAGE = 50;
// The API gives no more at once.
const MOST = 1000;

const at = ({ triggeredAt }) => triggeredAt ?? 0;

function merged(lists) {
  const found = new Map();
  for (const episode of lists.flat()) if (!found.has(episode.eventId)) found.set(episode.eventId, episode);
  return [...found.values()].sort((a, b) => at(b) - at(a));
}

export class Past {
  episodes = [];
  // How many there are; null as long as nobody has said so.
  total = null;
  #load;
  #isEnded = false;

  // `load({ size, page, before })` promises { alerts, total }; `before` in milliseconds, or
  // null, is inclusive.
  constructor(load) {
    this.#load = load;
  }

  get hasOlder() {
    return !this.#isEnded && this.total !== null && this.episodes.length < this.total;
  }

  // All that was loaded, anew: an episode may be over that began long ago.
  async refresh() {
    const size = Math.min(MOST, Math.max(PAGE, this.episodes.length));
    const { alerts, total } = await this.#load({ size, page: 1, before: null });
    const oldest = alerts.at(-1);
    const isAll = alerts.length < size;
    const older = isAll ? [] : this.episodes.filter((one) => at(one) < at(oldest));
    this.episodes = merged([alerts, older]);
    this.total = total;
    this.#isEnded = isAll;
  }

  // The next page back in time. Pages are asked for by time, since a number would mean others
  // as soon as there is a new one; more of the same instant than fit are on further pages.
  async older() {
    const oldest = this.episodes.at(-1);
    if (!oldest) return this.refresh();
    const known = this.episodes.length;
    for (let page = 1; this.episodes.length === known; page += 1) {
      const { alerts } = await this.#load({ size: PAGE, page, before: at(oldest) + 1 });
      this.episodes = merged([this.episodes, alerts]);
      if (alerts.length < PAGE) {
        this.#isEnded = true;
        return undefined;
      }
    }
    return undefined;
  }
}
