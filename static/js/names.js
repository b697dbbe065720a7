// The order of names, everywhere the same: nas2 comes before nas10. Pure.

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

export const compareNames = (a, b) => collator.compare(a, b);
