// What is printed is light whatever the screen is, since charts are painted in the colours of
// the page, and says when it was printed.

import { exactTime } from "./format.js";
import { say } from "./say.js";

// `onChange` hears that the colours are other ones, before and after.
export function connectPrint(stamp, onChange) {
  const root = document.documentElement;
  let theme = "";
  addEventListener("beforeprint", () => {
    theme = root.dataset.theme ?? "";
    root.dataset.theme = "light";
    stamp.textContent = say("Printed {time}", { time: exactTime(Date.now()) });
    onChange();
  });
  addEventListener("afterprint", () => {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    onChange();
  });
}
