// The theme: the system's, light or dark, remembered in this browser.

import { remember } from "./remembered.js";

// Connect the radio group; `onChange` hears every change of the shown colours.
export function connectTheme(fieldset, onChange) {
  const root = document.documentElement;
  const chosen = root.dataset.theme ?? "system";
  for (const radio of fieldset.querySelectorAll("input")) radio.checked = radio.value === chosen;
  fieldset.addEventListener("change", ({ target }) => {
    if (target.value === "system") delete root.dataset.theme;
    else root.dataset.theme = target.value;
    remember("theme", target.value);
    onChange();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", onChange);
}
