// Print what monserv says: node client.mjs [ws://127.0.0.1:18904/ws]

import WebSocket from "ws";
import { Watcher } from "./watcher.mjs";

const url = process.argv[2] ?? "ws://127.0.0.1:18904/ws";
const MAX_DELAY_MS = 30_000;
const SILENCE_MS = 70_000; // monserv pings every 54 s
const watcher = new Watcher();
let failures = 0;

// Nobody reads any more what is printed here.
process.stdout.on("error", () => process.exit());

function connect() {
  const socket = new WebSocket(url, "monserv.v2", { handshakeTimeout: 10_000 });
  let silence;

  // A dead peer closes nothing: what is silent for too long is given up.
  function heard() {
    clearTimeout(silence);
    silence = setTimeout(() => socket.terminate(), SILENCE_MS);
  }

  socket.on("open", () => {
    heard();
    socket.send(watcher.request());
  });
  socket.on("ping", heard);
  socket.on("message", (text) => {
    failures = 0;
    heard();
    for (const line of watcher.take(JSON.parse(text))) console.log(line);
  });
  socket.on("unexpected-response", (_request, response) => {
    console.error(`monserv refused the connection: ${response.statusCode}`);
    if (response.statusCode < 500) process.exit(1); // it would be refused again
    socket.terminate();
  });
  socket.on("error", (error) => console.error(error.message));
  socket.on("close", () => {
    clearTimeout(silence);
    // Full jitter: all clients at once would be a burden after a restart.
    setTimeout(connect, Math.random() * Math.min(MAX_DELAY_MS, 1000 * 2 ** failures));
    failures += 1;
  });
}

connect();
