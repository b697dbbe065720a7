// What is not needed at first sight is loaded when somebody asks for it.

// Where the page has a link for it already, whose place says which rules win, that is used.
function style(path) {
  return new Promise((resolve, reject) => {
    const there = document.querySelector(`link[href="${path}"]`);
    if (there && !there.disabled) {
      resolve();
      return;
    }
    const link = there ?? document.createElement("link");
    const failed = (event) => {
      link.disabled = true;
      reject(event);
    };
    Object.assign(link, { rel: "stylesheet", href: path, onload: resolve, onerror: failed });
    link.disabled = false;
    if (!there) document.head.append(link);
  });
}

// A function that loads a module and its styles once, and makes of it what `make(module)`
// returns; after a failure it tries anew. `made()` is that, or null as long as there is none.
export function lazily(load, styles, make = (module) => module) {
  let made = null;
  let coming = null;
  const get = () => {
    coming ??= Promise.all([load(), ...styles.map(style)])
      .then(([module]) => (made = make(module)))
      .catch((error) => {
        coming = null;
        throw error;
      });
    return coming;
  };
  return Object.assign(get, { made: () => made });
}
