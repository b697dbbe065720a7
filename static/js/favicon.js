// The icon of the tab while alerts are active: the shape of the worst severity, and how many
// there are. Pure.

// As the page draws them; the colours stand out on light and dark tab bars.
const SHAPES = {
  alert: '<rect x="1" y="1" width="30" height="30" rx="4" fill="#c62f2a"/>',
  warning: '<path d="M16 1 31 30H1z" fill="#b86b00" stroke="#b86b00" stroke-width="2" stroke-linejoin="round"/>',
};
const BASELINE = { alert: 24, warning: 27 };
const SIZE = { alert: [22, 18], warning: [18, 13] };

export function favicon(count, mark) {
  const text = count > 99 ? "99" : String(count);
  const size = SIZE[mark][text.length - 1];
  const number = `<text x="16" y="${BASELINE[mark] - (text.length > 1 ? 1 : 0)}" font-family="system-ui,sans-serif" font-size="${size}" font-weight="700" text-anchor="middle" fill="#fff">${text}</text>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${SHAPES[mark]}${number}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
