// A list whose rows are kept as long as what they show: none is made anew, and none moves
// that need not.

// `make(item)` returns an element for a new item, `fill(element, item)` shows one.
export function showKeyed(list, items, keyOf, make, fill) {
  const keys = new Set(items.map(keyOf));
  const there = new Map();
  for (const child of [...list.children]) {
    if (keys.has(child.dataset.key)) there.set(child.dataset.key, child);
    else child.remove();
  }
  let next = list.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    const element = there.get(key) ?? make(item);
    element.dataset.key = key;
    if (element === next) next = next.nextElementSibling;
    else list.insertBefore(element, next);
    fill(element, item);
  }
}
