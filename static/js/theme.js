// The theme: the system's, light or dark, remembered in this browser.

import { remember } from "./remembered.js";

// Connect the radio group.
export function connectTheme(fieldset) {
  const root = document.documentElement;
  const chosen = root.dataset.theme ?? "system";
  for (const radio of fieldset.querySelectorAll("input")) radio.checked = radio.value === chosen;
  fieldset.addEventListener("change", ({ target }) => {
    if (target.value === "system") delete root.dataset.theme;
    else root.dataset.theme = target.value;
    remember("theme", target.value);
  });
}
