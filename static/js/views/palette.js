// The colours of charts. Canvas cannot read custom properties: they are taken from the document.

const SERIES = 6;

export function palette() {
  const probe = document.createElement("span");
  document.body.append(probe);
  const read = (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const { fontFamily } = getComputedStyle(probe);
  const colours = {
    series: Array.from({ length: SERIES }, (_, i) => read(`series-${i + 1}`)),
    alert: read("alert"),
    warning: read("warning"),
    threshold: read("field"),
    line: read("line"),
    ink: read("ink-quiet"),
    family: fontFamily,
    font: `11px ${fontFamily}`,
  };
  probe.remove();
  return colours;
}
