// The journal of alerts: what is active on top, what is over below as a timeline by day.
// Of all servers, or of one on its own page.

import { byDay, dayWord } from "../episodes.js";
import { NO_FILTER, request } from "../journal-filter.js";
import { loadJournal } from "../journal-source.js";
import { Past } from "../past.js";
import { Refresher } from "../refresher.js";
import { sayMany } from "../say.js";
import { heldActive, heldPast, looked, waiting } from "../watching.js";
import { clone, setText, slots } from "./dom.js";
import { isOpen, makeEpisode, openEpisode, showEpisode } from "./episode.js";
import { showFrame } from "./journal-frame.js";
import { showKeyed } from "./keyed.js";

const GAP_MS = 1000;
const RETRY_MS = 5000;
const FORBIDDEN = 403;

const keyOf = ({ eventId }) => eventId;
const makeDay = () => clone("journal-day");

export class Journal {
  #slot;
  #page;
  #filter = null;
  #isOfOne = false;
  // Nothing was heard of what is over yet: who asked for the page waits for it.
  #isNew = true;
  #past;
  #error = null;
  #refresher = null;
  // The list of active alerts after which the past was asked for.
  #known = null;
  #active = [];
  #episodes = [];
  // What the days below were last drawn from.
  #drawn = [];
  #wantedEvent = "";

  // page: { get(path) asks the API, store, frames, timers, now(), isSeen(), areAlertsKnown()
  // whether the store's alerts are those of monserv, clear() when somebody wants no filter }.
  constructor(element, page) {
    this.#page = page;
    const root = clone("journal");
    element.replaceChildren(root);
    this.#slot = { ...slots(root), root };
    root.addEventListener("click", ({ target }) => this.#click(target));
    for (const list of this.#lists()) {
      for (const event of ["pointerleave", "focusout"]) list.addEventListener(event, () => this.update());
    }
  }

  // Of one server, or what `filter` (journal-filter.js) lets through; `eventId` is opened.
  show({ serverId = "", filter = NO_FILTER, eventId = "" }) {
    this.close();
    this.#isNew = true;
    this.#isOfOne = serverId !== "";
    this.#filter = this.#isOfOne ? { ...NO_FILTER, server: serverId } : filter;
    this.#wantedEvent = eventId;
    const mine = (this.#past = new Past((wanted) => this.#load(wanted)));
    this.#refresher = new Refresher(() => mine.refresh(), {
      gapMs: GAP_MS,
      retryMs: RETRY_MS,
      timers: this.#page.timers,
      isWanted: () => mine === this.#past && this.#page.isSeen() && this.#error?.status !== FORBIDDEN,
      onDone: () => mine === this.#past && this.#heard(null),
      onError: (error) => mine === this.#past && this.#heard(error),
    });
    this.#render(true);
    this.update();
  }

  // Something of servers or alerts is new.
  update() {
    if (!this.#filter) return;
    const { store, isSeen, frames } = this.#page;
    if (store.alerts !== this.#known && isSeen() && this.#filter.state !== "active") {
      this.#known = store.alerts;
      this.#refresher.request();
    }
    frames.add(this, () => this.#render(false));
  }

  close() {
    this.#filter = this.#past = this.#error = this.#known = null;
    this.#active = this.#episodes = [];
    this.#drawn = [];
    for (const list of this.#lists()) list.replaceChildren();
  }

  #lists = () => [this.#slot.active, this.#slot.days];

  #load({ size, page, before }) {
    const query = request(this.#filter, this.#page.now(), { size, page, before });
    return loadJournal(this.#page.get, query);
  }

  #heard(error) {
    const isFirst = this.#isNew;
    this.#isNew = false;
    this.#error = error;
    this.#page.frames.add(this, () => this.#render(isFirst));
  }

  async #older() {
    const mine = this.#past;
    const [last, hadFocus] = [mine.episodes.at(-1), this.#slot.older.matches(":focus")];
    try {
      await mine.older();
      if (mine !== this.#past) return;
      this.#error = null;
    } catch (error) {
      if (mine !== this.#past) return;
      this.#heard(error);
      this.#refresher.request();
      return;
    }
    this.#render(true);
    // Whoever uses the keyboard goes on where the new ones begin.
    const next = mine.episodes[mine.episodes.findIndex((one) => one.eventId === last?.eventId) + 1];
    if (hadFocus && next) slots(document.getElementById(`event-${keyOf(next)}`)).toggle.focus();
  }

  #click(target) {
    const button = target.closest("button");
    if (button === this.#slot.older) this.#older();
    else if (button === this.#slot.fresh) this.#refreshed();
    else if (button === this.#slot.clear) this.#page.clear();
    else if (button?.matches(".episode-toggle")) {
      const row = button.closest(".episode");
      this.#open(row, !isOpen(row));
    }
  }

  #open(row, isWanted) {
    openEpisode(row, isWanted);
    this.#fill(row, [...this.#active, ...this.#episodes].find((one) => keyOf(one) === row.dataset.key));
  }

  #refreshed() {
    this.#render(true);
    const first = this.#slot.active.querySelector(".episode-toggle") ?? this.#slot.days.querySelector(".episode-toggle");
    first?.focus();
  }

  // Nothing moves under a pointer, or away from the keyboard.
  #isHeld() {
    const canHover = matchMedia("(hover: hover)").matches;
    const isRead = (list) => (canHover && list.matches(":hover")) || list.querySelector(":focus-visible");
    return this.#slot.fresh.matches(":focus-visible") || this.#lists().some(isRead);
  }

  #nameOf = ({ serverId, hostname }) => this.#page.store.servers.get(serverId)?.name || hostname || serverId;

  #render(isAsked) {
    if (!this.#filter) return;
    const { store, now } = this.#page;
    const { active, past } = looked(this.#filter, store.shownAlerts, this.#past.episodes, this.#nameOf, now());
    const held = !isAsked && this.#isHeld();
    const shown = [...this.#active, ...this.#episodes];
    const fresh = held ? waiting(shown, [...active, ...past]) : 0;
    this.#active = held ? heldActive(this.#active, active) : active;
    this.#episodes = held ? heldPast(this.#episodes, past) : past;
    const fill = (row, episode) => this.#fill(row, episode);
    showKeyed(this.#slot.active, this.#active, keyOf, makeEpisode, fill);
    this.#showDays(held);
    this.#frame(fresh);
    this.#find();
  }

  // Up to a thousand rows: they are gone through only when something of them may be new.
  #showDays(held) {
    const { servers } = this.#page.store;
    const today = dayWord(this.#page.now(), 0);
    const drawn = [this.#past.episodes, this.#episodes.length, held, servers, servers.size, today];
    if (drawn.every((part, i) => part === this.#drawn[i])) return;
    this.#drawn = drawn;
    showKeyed(this.#slot.days, byDay(this.#episodes), (day) => day.key, makeDay, (element, day) => {
      const slot = slots(element);
      setText(slot.day, dayWord(day.at, this.#page.now()));
      setText(slot.count, sayMany(day.episodes.length, "{n} alert", "{n} alerts"));
      const fill = (row, episode) => this.#fill(row, episode);
      showKeyed(slot.episodes, day.episodes, keyOf, makeEpisode, fill);
    });
  }

  #fill(row, episode) {
    const server = this.#page.store.servers.get(episode.serverId);
    showEpisode(row, episode, { server, name: this.#nameOf(episode), nowMs: this.#page.now() });
  }

  #frame(fresh) {
    const { episodes, total, hasOlder } = this.#past;
    showFrame(this.#slot, {
      filter: this.#filter,
      isOfOne: this.#isOfOne,
      isKnown: this.#page.areAlertsKnown(),
      activeInAll: this.#page.store.shownAlerts.length,
      rows: this.#active.length,
      active: this.#active.filter((one) => one.isActive).length,
      loaded: episodes.length,
      total,
      hasOlder,
      fresh,
      error: this.#error,
    });
  }

  // Somebody came for this one.
  #find() {
    const wanted = this.#wantedEvent;
    const row = wanted && document.getElementById(`event-${wanted}`);
    if (row || this.#past.total !== null) this.#wantedEvent = "";
    if (!row) return;
    this.#open(row, true);
    row.scrollIntoView({ block: "center" });
    slots(row).toggle.focus({ preventScroll: true });
  }
}
