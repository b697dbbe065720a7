// The page of one server: what is shown of it, and what a person may do there.

import { episodesOf } from "./bands.js";
import { ServerData } from "./server-data.js";
import { duration } from "./format.js";
import { surely } from "./lazily.js";
import * as timespan from "./timespan.js";
import { setText, slots } from "./views/dom.js";
import { ChartGrid } from "./views/server-charts.js";
import { showCapabilities, showFootprint } from "./views/server-extras.js";
import { showHead, showServerAge } from "./views/server-head.js";
import { showErrors, showNothing } from "./views/server-problems.js";
import { showDisks, showLists } from "./views/server-rows.js";
import { showTiles } from "./views/server-tiles.js";
import { connectServerKeys } from "./views/server-keys.js";
import { palette } from "./views/palette.js";
import { Journal } from "./views/journal.js";
import { TimeBar } from "./views/time-bar.js";

const ZOOM = 2;
const STEP = 0.5;

export class ServerPage {
  #element;
  #slot;
  #page;
  #data;
  #charts;
  #bar;
  #journal;
  #id = null;
  #view = null;
  #cross = null;
  #hasCharts = true;

  // page: what ServerData wants but `points` and `changed`, and { frames, loadLibrary(),
  // isLoaded(): whether the list of servers is known, home() goes to it, and what Journal wants }.
  constructor(element, page) {
    this.#element = element;
    this.#slot = slots(element);
    this.#page = page;
    this.#data = new ServerData({
      ...page,
      points: () => this.#charts.points,
      changed: (part) => this.#paint(part),
    });
    this.#charts = new ChartGrid(this.#slot, page.frames, palette, {
      look: (at) => this.#look(at),
      select: (from, to) => this.#go(timespan.selected(this.#view, from, to, page.now())),
      choose: (at) => this.#lookAt(at),
      zoom: (factor, at) => this.#go(timespan.zoomed(this.#view, factor, at, page.now())),
      pan: (share) => this.#go(timespan.panned(this.#view, share, page.now())),
      reset: () => this.#step("reset"),
    });
    this.#bar = new TimeBar(this.#slot, {
      range: (range) => this.#go({ range, part: null, at: null }),
      step: (what) => this.#step(what),
      look: (at) => this.#lookAt(at),
    });
    this.#journal = new Journal(this.#slot.journal, page);
    connectServerKeys(element, {
      isOpen: () => this.#id !== null,
      leave: () => this.#leave(),
      move: (steps) => this.#move(steps),
      step: (what) => this.#step(what),
    });
    const have = (hasCharts) => {
      this.#hasCharts = hasCharts;
      this.#paint("charts");
    };
    page.loadLibrary().catch(() => have(false));
    surely(page.loadLibrary).then((Chart) => {
      this.#charts.use(Chart);
      have(true);
    });
    document.addEventListener("visibilitychange", () => {
      if (page.isSeen() && this.#id !== null) this.#data.ask();
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#charts.recolour());
    const themes = new MutationObserver(() => this.#charts.recolour());
    themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  }

  open({ id, query }) {
    this.#id = id;
    this.#view = timespan.readView(query);
    this.#cross = null;
    this.#charts.clear();
    this.#data.start(id, this.#view);
    this.#journal.show({ serverId: id });
    this.#showAll();
  }

  close() {
    this.#id = null;
    this.#data.stop();
    this.#journal.close();
    this.#charts.clear();
  }

  update(ids) {
    if (this.#id === null || (ids && ![...ids].includes(this.#id))) return;
    this.#data.hear();
    this.#journal.update();
    this.#paint("all");
  }

  tick() {
    const state = this.#state();
    if (!state.server) return;
    showServerAge(this.#slot, state);
    this.#journal.update();
    this.#paint("time");
  }

  // Some frames later, whatever came meanwhile is shown at once.
  #paint(part) {
    const shown = { time: () => this.#showTime() }[part] ?? (() => this.#showAll());
    this.#page.frames.add(part === "time" ? "server time" : "server", () => this.#id !== null && shown());
  }

  #state() {
    const { store, now, intervalMs } = this.#page;
    const { details, curves, recent, episodes } = this.#data;
    const nowMs = now();
    return {
      server: store.servers.get(this.#id) ?? details?.server,
      alerts: store.alertsOf(this.#id),
      details,
      curves,
      recent,
      episodes,
      at: this.#view?.at ?? null,
      nowMs,
      intervalMs,
    };
  }

  #showAll() {
    const state = this.#state();
    const slot = this.#slot;
    const { errors, capabilities, footprint, isUnknown } = this.#data;
    const { store, isLoaded } = this.#page;
    const isListed = isLoaded() ? store.servers.has(this.#id) : null;
    const { server } = state;
    if (!showNothing(slot, { id: this.#id, server, isUnknown, isListed, error: errors.details })) return;
    showHead(slot, state);
    showTiles(slot.tiles, state);
    showDisks(slot, state);
    showLists(slot, state);
    showCapabilities(slot, capabilities, errors.rest ?? "");
    showFootprint(slot, footprint, errors.rest ?? "");
    showErrors(slot, errors, this.#hasCharts);
    this.#showTime(state);
  }

  // What goes on with the clock: the span of the charts, the slider, the line.
  #showTime(state = this.#state()) {
    if (!state.server) return;
    const { details, isHistoryKnown, episodes, errors, oldest } = this.#data;
    const span = timespan.spanOf(this.#view, state.nowMs);
    const isPast = state.at !== null;
    if (isHistoryKnown || errors.history) {
      this.#charts.show({
        curves: state.curves,
        span,
        episodes: episodesOf(episodes, state.alerts),
        limits: details?.thresholds,
        reasons: details?.metrics?.reasons,
        nowMs: state.nowMs,
      });
    }
    this.#bar.show({ view: this.#view, span, oldest, nowMs: state.nowMs });
    const step = state.curves.isCoarse ? duration(state.curves.stepMs / 1000) : "";
    this.#bar.showPast(state.at, step);
    this.#element.toggleAttribute("data-past", isPast);
    this.#slot["past-reason"].hidden = !isPast;
    this.#charts.cross(this.#cross ?? state.at);
  }

  // Another view, which the address keeps.
  #go(view) {
    const before = this.#view;
    this.#view = view;
    const isAnother = view.range !== before.range || view.part !== before.part;
    this.#data.show(view, isAnother);
    history.replaceState(history.state, "", `${location.pathname}${timespan.writeView(view)}`);
    this.#showAll();
  }

  #lookAt = (at) => this.#go(timespan.lookedAt(this.#view, at, this.#page.now()));

  #look(at) {
    this.#cross = at;
    this.#charts.cross(at ?? this.#view.at);
  }

  // The line goes by points; at the end of what is shown it stays.
  #move(steps) {
    const { from, to } = timespan.spanOf(this.#view, this.#page.now());
    const step = Math.max(this.#data.curves.stepMs, (to - from) / 200);
    const at = Math.max(from, Math.min(to, (this.#cross ?? this.#view.at ?? to) + steps * step));
    this.#look(at);
    setText(this.#slot["cross-words"], this.#charts.wordsAt(at));
  }

  #step(what) {
    const now = this.#page.now();
    const { from, to } = timespan.spanOf(this.#view, now);
    const anchor = this.#cross ?? this.#view.at ?? (this.#view.part ? (from + to) / 2 : to);
    const views = {
      earlier: () => timespan.panned(this.#view, -STEP, now),
      later: () => timespan.panned(this.#view, STEP, now),
      in: () => timespan.zoomed(this.#view, 1 / ZOOM, anchor, now),
      out: () => timespan.zoomed(this.#view, ZOOM, anchor, now),
      reset: () => ({ ...this.#view, part: null }),
      now: () => ({ ...this.#view, part: null, at: null }),
      look: () => timespan.lookedAt(this.#view, this.#cross, now),
    };
    this.#go(views[what]());
  }

  // One step back: from the past to now, from a part to the range, from here to all servers.
  #leave() {
    if (this.#view.at !== null) this.#step("now");
    else if (this.#view.part) this.#step("reset");
    else this.#page.home();
  }
}
