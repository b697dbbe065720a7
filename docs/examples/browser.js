// Show what monserv says; browser.html?url=ws://host:port/ws chooses another one.

const url = new URLSearchParams(location.search).get("url") ?? "ws://127.0.0.1:18904/ws";
const MAX_DELAY_MS = 30_000;
const SILENCE_MS = 60_000; // a state comes every few seconds; pings are not seen here
const MAX_ALERTS = 20;
let failures = 0;

// Server text is text: it never becomes markup.
function item(text) {
  const element = document.createElement("li");
  element.textContent = text;
  return element;
}

function line([server, metrics]) {
  const used = metrics.memory?.usedPercent ?? "?";
  return item(`${metrics.generatedAtUtc} ${server} memory ${used} %`);
}

// Types that a later version may add are passed over.
function show(message) {
  if (message.type === "metrics_update") {
    document.querySelector("#servers").replaceChildren(...Object.entries(message.data).map(line));
  } else if (message.type === "alert") {
    const alerts = document.querySelector("#alerts");
    alerts.prepend(item(`${message.subject}: ${message.message}`));
    while (alerts.children.length > MAX_ALERTS) alerts.lastChild.remove();
  }
}

function say(status) {
  document.querySelector("#status").textContent = status;
}

function connect() {
  const socket = new WebSocket(url);
  let silence;

  // A dead peer closes nothing: what is silent for too long is given up.
  function heard() {
    clearTimeout(silence);
    silence = setTimeout(lost, SILENCE_MS);
  }

  function lost() {
    clearTimeout(silence);
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    say("reconnecting");
    // Full jitter: all clients at once would be a burden after a restart.
    setTimeout(connect, Math.random() * Math.min(MAX_DELAY_MS, 1000 * 2 ** failures));
    failures += 1;
  }

  socket.onopen = () => say("connected");
  socket.onmessage = (event) => {
    failures = 0;
    heard();
    show(JSON.parse(event.data));
  };
  socket.onclose = lost;
  heard();
}

connect();
