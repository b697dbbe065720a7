// Runs before the first paint, so that a chosen theme does not flash the other one, nor a
// wall screen its header.
try {
  const theme = localStorage.getItem("monserv-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be forbidden; the system's theme is a good answer then.
}
document.documentElement.toggleAttribute("data-kiosk", new URLSearchParams(location.search).has("kiosk"));
