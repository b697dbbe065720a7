// The menu of a card: one for the page, opened beside the button that asks for it.

import { isPaused } from "../health.js";
import { say } from "../say.js";
import { setText } from "./dom.js";

const GAP_PX = 4;
const EDGE_PX = 8;
const STEPS = { ArrowDown: 1, ArrowUp: -1 };

export class Menu {
  #element;
  #opener = null;
  #id = null;

  // `onChoose(what, id)`: what is edit, toggle or delete.
  constructor(element, onChoose) {
    this.#element = element;
    element.addEventListener("click", ({ target }) => {
      const wanted = target.closest("button")?.dataset.do;
      if (!wanted) return;
      this.#opener.focus();
      element.hidePopover();
      onChoose(wanted, this.#id);
    });
    element.addEventListener("keydown", (event) => this.#walk(event));
    element.addEventListener("toggle", ({ newState }) => {
      this.#opener.ariaExpanded = String(newState === "open");
    });
    element.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget && !element.contains(relatedTarget)) element.hidePopover();
    });
    // It would stay where it is while its button leaves.
    addEventListener("scroll", () => element.hidePopover(), { passive: true });
    addEventListener("resize", () => element.hidePopover());
  }

  open(button, server) {
    this.#opener = button;
    this.#id = server.id;
    const named = (name) => this.#element.querySelector(`[data-do="${name}"]`);
    for (const name of ["edit", "delete"]) named(name).parentElement.hidden = !server.isManaged;
    setText(named("toggle"), isPaused(server) ? say("Resume") : say("Pause"));
    this.#element.querySelector(".menu-note").hidden = server.isManaged;
    this.#element.ariaLabel = say("Actions for {name}", server);
    this.#element.showPopover();
    this.#place(button);
    this.#items()[0].focus();
  }

  #items = () => [...this.#element.querySelectorAll("li:not([hidden]) button")];

  #walk(event) {
    const items = this.#items();
    const at = items.indexOf(document.activeElement);
    const step = STEPS[event.key];
    if (step) items.at((at + step) % items.length).focus();
    else if (event.key === "Home") items[0].focus();
    else if (event.key === "End") items.at(-1).focus();
    else return;
    event.preventDefault();
  }

  #place(button) {
    const at = button.getBoundingClientRect();
    const { offsetHeight: height, offsetWidth: width, style } = this.#element;
    const below = at.bottom + GAP_PX;
    const isRoom = below + height + EDGE_PX < innerHeight;
    style.top = `${Math.max(EDGE_PX, isRoom ? below : at.top - GAP_PX - height)}px`;
    style.left = `${Math.max(EDGE_PX, at.right - width)}px`;
  }
}
