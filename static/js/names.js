// The order of names, everywhere the same: nas2 comes before nas10. Pure.

import { locale } from "./say.js";

const collator = new Intl.Collator(locale, { numeric: true, sensitivity: "base" });

export const compareNames = (a, b) => collator.compare(a, b);
