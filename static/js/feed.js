// The client's side of monserv.v2 without its socket: keeps the states of all servers by
// what frames say, and asks for a snapshot when one does not fit. Pure.

import { apply } from "./patch.js";

export class Feed {
  #page;
  #epoch = null;
  #seq = -1;
  #newsSeq = -1;
  #states = null;
  #isAsking = false;
  #isSynced = false;

  // page: { resume(epoch, seq), subscribe() } send to the server; { replace(states, alerts),
  // change(states) with null for one that is gone, news(news, alert) with null for an alert
  // that a snapshot has held already } hear what it said. `states` is a Map by id. `hasAsked`:
  // somebody has subscribed already.
  constructor(page, hasAsked = false) {
    this.#page = page;
    this.#isAsking = hasAsked;
  }

  // Whether what the page knows of servers and alerts comes from here.
  get isSynced() {
    return this.#isSynced;
  }

  // The socket is gone; what is missed meanwhile is asked for when there is another one.
  lost() {
    this.#isSynced = this.#isAsking = false;
  }

  take(frame) {
    if (frame.kind === "hello") this.#greet(frame);
    else if (frame.kind === "snapshot") this.#replace(frame);
    else if (frame.kind === "error") this.#isAsking = false;
    else if (frame.epoch !== this.#epoch || !this.#states) this.ask();
    else if (frame.kind === "delta") this.#change(frame);
    else this.#tell(frame);
  }

  // For everything; the next snapshot is the answer.
  ask() {
    if (this.#isAsking) return;
    this.#isAsking = true;
    this.#page.subscribe();
  }

  // Who says at once what is missing need not wait for the snapshot that others get.
  #greet({ epoch, seq }) {
    if (epoch === this.#epoch && this.#states) {
      this.#isSynced = true;
      this.#page.resume(epoch, this.#seq);
    } else {
      this.#begin(epoch, seq);
      this.ask();
    }
  }

  #begin(epoch, seq) {
    this.#epoch = epoch;
    this.#newsSeq = seq;
    this.#states = null;
  }

  #replace({ epoch, seq, states, alerts }) {
    if (epoch !== this.#epoch) this.#begin(epoch, seq);
    this.#seq = seq;
    this.#states = states;
    this.#isSynced = true;
    this.#isAsking = false;
    this.#page.replace(states, alerts);
  }

  // What a snapshot held already may be on its way once more.
  #change({ seq, patches }) {
    if (seq <= this.#seq) return;
    this.#seq = seq;
    const changed = new Map();
    for (const [id, patch] of patches) {
      const state = apply(this.#states.get(id), patch);
      changed.set(id, state);
      if (state === null) this.#states.delete(id);
      else this.#states.set(id, state);
    }
    this.#page.change(changed);
  }

  // A slow client gets the alerts that it missed after a snapshot with a higher number.
  #tell({ seq, news, alert }) {
    if (seq <= this.#newsSeq) return;
    this.#newsSeq = seq;
    this.#page.news(news, seq > this.#seq ? alert : null);
    this.#seq = Math.max(this.#seq, seq);
  }
}
