// What this screen does for new alerts besides showing them: a tone, and notifications of
// the browser. Both are off until a person switches them on, here and for this browser.

import { noticesNote, soundNote } from "./here-words.js";
import { Notices } from "./notices.js";
import { recall, remember } from "./remembered.js";
import { say } from "./say.js";
import { Tone } from "./tone.js";
import { setText } from "./views/dom.js";

const isOn = (name) => recall(name) === "on";
const switchTo = (name, on) => remember(name, on ? "on" : "off");

// Whether a page may make notifications: in Chrome on Android it may not, which only trying
// tells. One that nobody has allowed is not seen; where they are allowed, the first will tell.
function areForPages() {
  if (!window.isSecureContext || !("Notification" in window) || Notification.permission === "granted") return true;
  try {
    new Notification("");
    return true;
  } catch {
    return false;
  }
}

export class Here {
  #section;
  #page;
  #tone;
  #notices;
  #isTold = false;
  #isForPages = areForPages();

  // page: { go(address) within the pages, tell(news) }.
  constructor(section, page) {
    this.#section = section;
    this.#page = page;
    this.#tone = new Tone(() => new AudioContext(), { recall, remember }, () => Date.now());
    this.#notices = new Notices((...notice) => this.#notify(...notice));
    this.#switch("sound").addEventListener("change", ({ target }) => this.#changeSound(target.checked));
    this.#switch("notices").addEventListener("change", ({ target }) => this.#changeNotices(target.checked));
    // Another tab may have switched it.
    addEventListener("storage", () => this.show());
    document.addEventListener("visibilitychange", () => document.hidden || this.#notices.clear());
    for (const event of ["pointerdown", "keydown"]) {
      document.addEventListener(event, () => isOn("sound") && this.#unlock(), { capture: true });
    }
    this.show();
  }

  async hear(news) {
    if (isOn("notices") && document.hidden) this.#notices.hear(news);
    if (news.kind !== "alert" || !isOn("sound")) return;
    await this.#tone.play();
    if (this.#tone.isBlocked) this.#tellBlocked();
    this.show();
  }

  show() {
    const isSecure = window.isSecureContext;
    const isSupported = "Notification" in window;
    const permission = isSupported ? Notification.permission : "denied";
    const allowed = isSupported && permission === "granted";
    const sounds = "AudioContext" in window;
    this.#showSwitch("sound", isOn("sound"), sounds, soundNote({
      isOn: isOn("sound"),
      isSupported: sounds,
      isBlocked: this.#tone.isBlocked,
    }));
    const on = isOn("notices") && allowed && this.#isForPages;
    const isForPages = this.#isForPages;
    const note = noticesNote({ isOn: on, isSupported, isSecure, isForPages, permission });
    this.#showSwitch("notices", on, isSecure && isSupported && isForPages && permission !== "denied", note);
  }

  #switch = (name) => this.#section.querySelector(`[name=${name}]`);

  #showSwitch(name, checked, isPossible, note) {
    const box = this.#switch(name);
    box.checked = checked;
    box.disabled = !isPossible;
    setText(document.getElementById(`here-${name}`), note);
  }

  // The first tone is heard at once: by who wants to know what it is.
  async #changeSound(on) {
    switchTo("sound", on);
    if (on) await this.#tone.play(true);
    this.show();
  }

  async #changeNotices(on) {
    const permission = on ? await Notification.requestPermission() : "";
    switchTo("notices", on && permission === "granted");
    this.show();
  }

  async #unlock() {
    await this.#tone.unlock();
    this.show();
  }

  // Once is enough, and only when it mattered.
  #tellBlocked() {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#page.tell({
      kind: "notice",
      subject: say("The sound for alerts is blocked"),
      message: soundNote({ isOn: true, isSupported: true, isBlocked: true }),
    });
  }

  #notify(title, options, address) {
    if (Notification.permission !== "granted") return null;
    let notice;
    try {
      notice = new Notification(title, options);
    } catch {
      this.#isForPages = false;
      this.show();
      return null;
    }
    notice.onclick = () => {
      window.focus();
      this.#page.go(address);
      notice.close();
    };
    return notice;
  }
}
