// Runs before the first paint, so that a chosen theme does not flash the other one, nor a
// wall screen its header, and the styles of what is not shown need not be waited for: their
// links are there, in their order, and asleep. It opens the dashboard's first socket: the
// servers come while the scripts that show them do.
{
  const root = document.documentElement;
  const asked = new URLSearchParams(location.search);
  const recall = (name) => {
    try {
      return localStorage.getItem(`monserv-${name}`);
    } catch {
      // Storage may be forbidden; the usual is a good answer then.
      return null;
    }
  };
  const theme = recall("theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  root.dataset.page = location.pathname === "/" ? "overview" : "";
  const isKiosk = asked.has("kiosk");
  root.toggleAttribute("data-kiosk", isKiosk);

  const wake = (name) => {
    for (const link of document.querySelectorAll(`link[data-for="${name}"]`)) link.disabled = false;
  };
  const phone = matchMedia("(max-width: 640px)");
  const wakePhone = () => phone.matches && wake("phone");
  const isTable = (asked.get("view") ?? recall("view")) === "table";
  wake(isTable && !phone.matches ? "table" : "cards");
  wakePhone();
  phone.addEventListener("change", wakePhone);
  if (isKiosk) wake("kiosk");

  // What shows a server.
  const modules = isTable && !phone.matches ? ["views/row", "spark"] : ["views/card", "views/rows"];
  for (const name of location.pathname === "/" ? modules : []) {
    const href = `/static/js/${name}.js`;
    document.head.append(Object.assign(document.createElement("link"), { rel: "modulepreload", href }));
  }

  if (document.querySelector("link[data-for]")) {
    const socket = new WebSocket(new URL("/ws", location.href.replace(/^http/, "ws")), ["monserv.v2"]);
    const heard = [];
    socket.onmessage = ({ data }) => heard.push(data);
    // As wire.js writes it.
    socket.onopen = () => socket.send('{"type":"subscribe"}');
    globalThis.early = { socket, heard };
  }
}
