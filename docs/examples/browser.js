// Show what monserv says; browser.html?url=ws://host:port/ws chooses another one.

import { Watcher } from "./watcher.mjs";

const url = new URLSearchParams(location.search).get("url") ?? "ws://127.0.0.1:18904/ws";
const MAX_DELAY_MS = 30_000;
const SILENCE_MS = 60_000; // news come every few seconds; pings are not seen here
const MAX_LINES = 20;
const watcher = new Watcher();
let failures = 0;

// Server text is text: it never becomes markup.
function show(line) {
  const item = document.createElement("li");
  item.textContent = line;
  const news = document.querySelector("#news");
  news.prepend(item);
  while (news.children.length > MAX_LINES) news.lastChild.remove();
}

function say(status) {
  document.querySelector("#status").textContent = status;
}

function connect() {
  const socket = new WebSocket(url, "monserv.v2");
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

  socket.onopen = () => {
    say("connected");
    socket.send(watcher.request());
  };
  socket.onmessage = (event) => {
    failures = 0;
    heard();
    watcher.take(JSON.parse(event.data)).forEach(show);
  };
  socket.onclose = lost;
  heard();
}

connect();
