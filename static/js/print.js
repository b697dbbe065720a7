// What is printed is light whatever the screen is, and says when it was printed.

import { exactTime } from "./format.js";
import { say } from "./say.js";

// `onPrint(isPrinting)` hears when what is printed is made, and when that is over.
export function connectPrint(stamp, onPrint) {
  const root = document.documentElement;
  let theme = "";
  addEventListener("beforeprint", () => {
    theme = root.dataset.theme ?? "";
    root.dataset.theme = "light";
    stamp.textContent = say("Printed {time}", { time: exactTime(Date.now()) });
    onPrint(true);
  });
  addEventListener("afterprint", () => {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    onPrint(false);
  });
}
