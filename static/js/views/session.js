// Who is logged in, and the way out; nothing where nobody needs to log in.

import { setText } from "./dom.js";

export function showSession(element, name) {
  element.hidden = name === "";
  setText(element.firstElementChild, name);
}

export function connectSession(element, onLogOut) {
  element.querySelector("button").addEventListener("click", onLogOut);
}
