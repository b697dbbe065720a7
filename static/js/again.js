// Sees to it that the page starts: what it is made of may be lost on its way, and with it all
// that would say so and try again. So this needs nothing but itself.

const MOST_WAIT_MS = 10_000;
// What is never answered is only asked for once more by a page that is loaded anew; where that
// did not help it has more time.
const PATIENCE_MS = 30_000;
const MORE_PATIENCE_MS = 120_000;

let isStarted = () => false;

// complete.js takes it away.
const tell = () => (document.getElementById("late").hidden = false);

// However often it is asked for it is loaded once; what failed is asked for anew.
async function start(waitMs) {
  try {
    ({ isStarted } = await import("./main.js"));
  } catch {
    // The console has why.
    tell();
    setTimeout(start, waitMs, Math.min(2 * waitMs, MOST_WAIT_MS));
  }
}

// What is there, though not whole, is not given up while monserv does not answer.
async function reload() {
  if (isStarted()) return;
  tell();
  const signal = AbortSignal.timeout(MOST_WAIT_MS);
  const { ok } = await fetch("/healthz", { signal }).catch(() => ({}));
  if (ok && !isStarted()) location.reload();
  else setTimeout(reload, PATIENCE_MS);
}

// Not before the document is there.
const begin = () => start(1000);
if (document.readyState !== "loading") begin();
else document.addEventListener("readystatechange", begin, { once: true });
const [{ type } = {}] = performance.getEntriesByType("navigation");
setTimeout(reload, type === "reload" ? MORE_PATIENCE_MS : PATIENCE_MS);
