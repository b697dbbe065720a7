// Asks the REST API. Knows addresses, not keys; every wait has an end.

import * as answers from "./answers.js";
import { linesOf } from "./lines.js";
import { readState } from "./plain.js";
import { say } from "./say.js";

const TIMEOUT_MS = 10_000;
// A test may take as long as a server that drips its answers.
const TEST_TIMEOUT_MS = 60_000;
// A mail server may take its time before it says no.
const CHANNEL_TEST_TIMEOUT_MS = 45_000;
const MAX_RETRY_AFTER_SECONDS = 30;
// How long a server that was deleted can be brought back.
export const UNDO_SECONDS = 15;
const SERVERS = "/api/v1/servers";
const NOTIFICATIONS = "/api/v1/notifications";
const NEWEST = 20;

const BROKEN_OFF = say("monserv broke off the test");

const addressOf = (id) => `${SERVERS}/${encodeURIComponent(id)}`;

async function* readLines(response) {
  try {
    yield* linesOf(response.body.pipeThrough(new TextDecoderStream()));
  } catch {
    throw new ApiError(BROKEN_OFF);
  }
}

// `status` is 0 when nobody answered; `fields` has a sentence for each wrong field.
export class ApiError extends Error {
  constructor(message, status = 0, fields = {}, retryAfterSeconds = 1) {
    super(message);
    this.status = status;
    this.fields = fields;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export class Api {
  #onServerTime;
  #onLoginNeeded;
  #session = null;

  // `onServerTime(ms)` hears the server's clock, which may differ from this one;
  // `onLoginNeeded()` that nobody is logged in (any more).
  constructor({ onServerTime, onLoginNeeded }) {
    this.#onServerTime = onServerTime;
    this.#onLoginNeeded = onLoginNeeded;
  }

  servers = async () => answers.readServers(await this.#ask("GET", SERVERS));
  activeAlerts = async () => answers.readAlerts(await this.#ask("GET", "/api/v1/alerts/active"));
  trends = async (ids) =>
    answers.readTrends(await this.#ask("GET", `/api/v1/trends?server=${ids.map(encodeURIComponent).join()}`));
  interfaces = async (id) => answers.readInterfaces(await this.#ask("GET", addressOf(id)));
  state = async () => readState(await this.#ask("GET", "/api/state"));

  session = async () => {
    this.#session = answers.readSession(await this.#ask("GET", "/api/v1/session"));
    return this.#session;
  };

  addServer = async (values) =>
    answers.readServer(await this.#change("POST", SERVERS, answers.writeServer(values)));
  changeServer = async (id, values) =>
    answers.readServer(await this.#change("PUT", addressOf(id), answers.writeServer(values)));
  toggleServer = async (id) =>
    answers.readServer(await this.#change("PATCH", `${addressOf(id)}/toggle`));
  // For UNDO_SECONDS nothing of it is forgotten, whatever becomes of this page.
  deleteServer = async (id) => {
    await this.#change("DELETE", `${addressOf(id)}?undo_seconds=${UNDO_SECONDS}`);
  };
  restoreServer = async (id) =>
    answers.readServer(await this.#change("POST", `${addressOf(id)}/restore`, "{}"));
  previewImport = async (values) =>
    answers.readImport(await this.#change("POST", "/api/v1/import/preview", JSON.stringify(values)));
  hostKeys = async (id) => answers.readHostKeys(await this.#ask("GET", `${addressOf(id)}/host-key`));
  acceptKey = async (id, fingerprint) =>
    answers.readHostKeys(
      await this.#change("POST", `${addressOf(id)}/host-key/accept`, JSON.stringify({ fingerprint })),
    );
  retryServer = async (id) => {
    await this.#change("POST", `${addressOf(id)}/retry`, "{}");
  };
  // `hear({ step, hostKey })` is called for each step as soon as it is over; `signal` ends
  // the wait, and with it the test.
  testServer = async (values, signal, hear) => {
    const signals = [signal, AbortSignal.timeout(TEST_TIMEOUT_MS)];
    const options = { signal: AbortSignal.any(signals), read: readLines };
    const body = answers.writeServer(values);
    for await (const text of await this.#change("POST", `${SERVERS}/test/steps`, body, options)) {
      const line = answers.readTestLine(text);
      if (line?.result) return line.result;
      if (line) hear(line);
    }
    throw new ApiError(BROKEN_OFF);
  };

  notifications = async () =>
    answers.readNotifications(await this.#ask("GET", `${NOTIFICATIONS}?page_size=${NEWEST}`));

  setNotifications = async (changes) =>
    answers.readTelling(
      await this.#change("PUT", `${NOTIFICATIONS}/settings`, JSON.stringify(changes)),
    );

  tryChannel = async (name) =>
    answers.readChannelTest(
      await this.#change("POST", `${NOTIFICATIONS}/test`, JSON.stringify({ channel: name }), {
        signal: AbortSignal.timeout(CHANNEL_TEST_TIMEOUT_MS),
      }),
    );

  check = async () => {
    await this.#fetch("/healthz");
  };

  // What only a page that is loaded later knows to ask for and to read.
  get = (path) => this.#ask("GET", path);

  // A change proves that this page asks for it, and no other: the session says how. After
  // a refusal it is asked again, since somebody may have logged in anew meanwhile.
  async #change(method, path, body, options = {}) {
    const { headers } = this.#session ?? (await this.session());
    const type = body === undefined ? {} : { "Content-Type": "application/json" };
    return this.#ask(method, path, { ...options, body, headers: { ...headers, ...type } });
  }

  // `read(response)` is for an answer that is no JSON as a whole.
  async #ask(method, path, { read, ...options } = {}) {
    const response = await this.#fetch(path, { ...options, method });
    if (read && response.ok) return read(response);
    const body = await response.json().catch(() => null);
    if ([401, 403].includes(response.status)) this.#session = null;
    if (response.status === 401) this.#onLoginNeeded();
    if (!response.ok) {
      const said = answers.readError(body) || say("monserv answered {status}", { status: String(response.status) });
      const wait = Math.min(Number(response.headers.get("Retry-After")) || 1, MAX_RETRY_AFTER_SECONDS);
      throw new ApiError(said, response.status, answers.readFieldErrors(body), wait);
    }
    if (body === null) throw new ApiError(say("monserv answered with something that is not JSON"));
    return body;
  }

  async #fetch(path, options = {}) {
    let response;
    try {
      // "no-cache" revalidates by ETag: an unchanged state costs a 304.
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      response = await fetch(path, { cache: "no-cache", signal, ...options });
    } catch {
      throw new ApiError(say("monserv does not answer"));
    }
    const at = Date.parse(response.headers.get("Date"));
    if (!Number.isNaN(at)) this.#onServerTime(at);
    return response;
  }
}
