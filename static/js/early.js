// Runs before the first paint: no other theme flashes, nor a wall screen's header, and the
// styles of what is not shown sleep. It opens the first socket: the servers come while the
// scripts that show them do.
{
  // Who heals what is lost may be lost itself.
  const heal = () => import("./again.js").catch(() => setTimeout(heal, 1000));
  addEventListener("error", ({ target }) => /again/.test(target.src) && heal(), true);

  const root = document.documentElement;
  // First: what is remembered is waited for, and the handshake goes on meanwhile.
  if (document.querySelector("link[data-for]")) {
    const socket = new WebSocket(new URL("/ws", location.href.replace(/^http/, "ws")), ["monserv.v2"]);
    const heard = [];
    // What wire.js reads of a server, which is half of what there is.
    const within = (group, names) => names.split(" ").map((name) => `${group}.${name}`);
    const fields = [
      ..."name url status reason last_error since missed_polls last_update tags source".split(" "),
      ..."host port username description location jump".split(" "),
      ...within("metrics", "hostname uptime_seconds generated_at_utc load disks top_processes_by_memory"),
      ...within("metrics.cpu", "cores used_percent model_name iowait_percent steal_percent"),
      ...within("metrics.memory", "total_bytes used_bytes used_percent swap_used_bytes"),
      ...within("metrics.network", "bytes_sent_rate bytes_recv_rate"),
    ];
    socket.onmessage = ({ data }) => heard.push(data);
    // As wire.js writes it.
    socket.onopen = () => socket.send(JSON.stringify({ type: "subscribe", fields }));
    globalThis.early = { socket, heard, fields };
  }

  const asked = new URLSearchParams(location.search);
  const recall = (name) => {
    try {
      return localStorage.getItem(`monserv-${name}`);
    } catch {
      // Storage may be forbidden.
      return null;
    }
  };
  const theme = recall("theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  root.dataset.page = location.pathname === "/" ? "overview" : "";

  const wake = (name) => {
    for (const link of document.querySelectorAll(`link[data-for="${name}"]`)) link.disabled = false;
  };
  const phone = matchMedia("(max-width: 640px)");
  const wakePhone = () => phone.matches && wake("phone");
  const isTable = !phone.matches && (asked.get("view") ?? recall("view")) === "table";
  wake(isTable ? "table" : "cards");
  wakePhone();
  phone.onchange = wakePhone;
  if (asked.has("kiosk")) {
    root.dataset.kiosk = "";
    wake("kiosk");
  }

  // What shows a server.
  const modules = isTable ? ["views/row", "spark"] : ["views/card", "views/rows"];
  for (const name of root.dataset.page ? modules : []) {
    const href = `/static/js/${name}.js`;
    document.head.append(Object.assign(document.createElement("link"), { rel: "modulepreload", href }));
  }

  // The first of these takes 20 ms, which nobody waits for now.
  new Intl.NumberFormat(root.lang);
}
