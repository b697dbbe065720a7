// Chart.js, which is large: it comes when a server's page is opened, once for all charts;
// after a failure it is asked for anew.

const LIBRARY = "/vendor/chart.umd.js";
let library = null;

export function loadLibrary() {
  library ??= import(LIBRARY).then(
    () => globalThis.Chart,
    (error) => {
      library = null;
      throw error;
    },
  );
  return library;
}
