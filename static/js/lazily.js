// What is not needed at first sight is loaded when somebody asks for it.

const FIRST_WAIT_MS = 1000;
const MOST_WAIT_MS = 10_000;

// Where the page has a link for it already, whose place says which rules win, that is used.
function style(path) {
  const there = document.querySelector(`link[href="${path}"]`);
  if (there?.sheet) return null;
  const link = there ?? document.createElement("link");
  return new Promise((resolve, reject) => {
    const onerror = (event) => {
      link.disabled = true;
      reject(event);
    };
    Object.assign(link, { rel: "stylesheet", href: path, onload: resolve, onerror });
    link.disabled = false;
    if (!there) document.head.append(link);
  });
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// What `get()` promises, asked for until it comes, less and less often.
export async function surely(get, wait = pause) {
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, MOST_WAIT_MS)) {
    try {
      return await get();
    } catch (error) {
      // Either the network, which says it itself, or a fault of ours.
      console.info(String(error));
      await wait(waitMs);
    }
  }
}

// A function that loads a module and its styles once, and makes of it what `make(module)`
// returns; after a failure it tries anew. `made()` is that or null; `surely()` promises it for good.
export function lazily(load, styles, make = (module) => module) {
  let made = null;
  let coming = null;
  let sure = null;
  const get = () => {
    coming ??= Promise.all([load(), ...styles.map(style)])
      .then(([module]) => (made = make(module)))
      .catch((error) => {
        coming = null;
        throw error;
      });
    return coming;
  };
  return Object.assign(get, { made: () => made, surely: () => (sure ??= surely(get)) });
}
