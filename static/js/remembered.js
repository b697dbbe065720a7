// What this browser remembers of a person's choices; one that forbids storage forgets them
// with the page.

const keyOf = (name) => `monserv-${name}`;

export function remember(name, value) {
  try {
    localStorage.setItem(keyOf(name), value);
  } catch {
    // It is forgotten.
  }
}

export function recall(name) {
  try {
    return localStorage.getItem(keyOf(name));
  } catch {
    return null;
  }
}
