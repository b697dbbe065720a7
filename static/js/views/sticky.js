// What stays at the top of the page covers what scrolls below it. Its height is told
// to the styles, so that what is focused or followed comes to rest below it, and that of
// the strip, so that the header stays below that.

export function connectSticky(strip, header) {
  // What the styles take for granted.
  const told = { strip: 0, covered: 0 };
  // With each word to the root all styles are worked out anew.
  const tell = (name, px) => {
    if (told[name] === px) return;
    told[name] = px;
    document.documentElement.style.setProperty(`--${name}`, `${px}px`);
  };
  const bottom = (element) => {
    const { position, top } = getComputedStyle(element);
    return position === "sticky" ? parseFloat(top) + element.offsetHeight : 0;
  };
  const measure = () => {
    tell("strip", bottom(strip));
    tell("covered", Math.max(0, told.strip, bottom(header)));
  };
  const observer = new ResizeObserver(measure);
  for (const element of [strip, header]) observer.observe(element);
  addEventListener("resize", measure);
}
