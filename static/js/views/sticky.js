// What stays at the top of the page covers what scrolls below it. Its height is told
// to the styles, so that what is focused or followed comes to rest below it.

export function connectSticky(elements) {
  const isSticky = (element) => getComputedStyle(element).position === "sticky";
  const measure = () => {
    const heights = elements.filter(isSticky).map((element) => element.offsetHeight);
    const covered = heights.reduce((sum, height) => sum + height, 0);
    document.documentElement.style.setProperty("--covered", `${covered}px`);
  };
  const observer = new ResizeObserver(measure);
  for (const element of elements) observer.observe(element);
  addEventListener("resize", measure);
}
