// Which toasts are up, from when on and for how long: what is told, dismissed, and leaves
// by itself.

import * as all from "./toasts.js";
import { areToastsHeld, connectToasts, showToasts } from "./views/toasts.js";

// So long somebody who comes back to the page has at least to read what was told meanwhile.
const RETURN_MS = 8_000;

export class Toasting {
  #element;
  #frames;
  #toasts = all.NO_TOASTS;

  constructor(element, frames) {
    this.#element = element;
    this.#frames = frames;
    connectToasts(element, (key, isActing) => this.#dismiss(key, isActing));
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.#put(all.prolongToasts(this.#toasts, Date.now() + RETURN_MS));
    });
  }

  // news: { kind, subject, message } and perhaps { serverId, eventId, isFound, lastsMs, action }.
  tell(news) {
    this.#put(all.addToast(this.#toasts, news, Date.now()));
  }

  // Nothing leaves while somebody reads it, or before anybody could.
  tick() {
    const isHeld = document.hidden || areToastsHeld(this.#element);
    this.#put(all.expireToasts(this.#toasts, Date.now(), isHeld));
  }

  #dismiss(key, isActing) {
    const toast = this.#toasts.items.find((one) => one.key === key);
    this.#put(all.dismissToast(this.#toasts, key));
    if (isActing) toast?.action.run();
  }

  #put(toasts) {
    this.#toasts = toasts;
    this.#frames.add("show toasts", () => showToasts(this.#element, this.#toasts));
  }
}
