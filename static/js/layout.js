// Where the entries of a list lie, and which of them are near what is seen. Pure.

// measures: { columns, height, gap, headHeight }; `tall` has the heights of open entries
// by id. -> { places: [{ top, height, column }], height }
export function layout(entries, { columns, height, gap, headHeight }, tall) {
  const places = [];
  let top = 0;
  let column = 0;
  let tallest = 0;
  const finish = () => {
    if (column) top += tallest + gap;
    column = tallest = 0;
  };
  for (const entry of entries) {
    const isHead = entry.group !== undefined;
    if (isHead || column === columns) finish();
    const own = isHead ? headHeight : (tall.get(entry.id) ?? height);
    places.push({ top, height: own, column });
    tallest = Math.max(tallest, own);
    column += 1;
    if (isHead) {
      top += headHeight;
      column = tallest = 0;
    }
  }
  finish();
  return { places, height: Math.max(0, top - gap) };
}

// The indices of what reaches between `from` and `to`.
export function near(places, from, to) {
  const found = [];
  places.forEach(({ top, height }, i) => top + height >= from && top <= to && found.push(i));
  return found;
}
