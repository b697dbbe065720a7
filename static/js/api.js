// Asks the REST API. Knows addresses, not keys; every wait has an end.

import { readAlerts, readError, readServers, readState, readTrends } from "./wire.js";

const TIMEOUT_MS = 10_000;

export class ApiError extends Error {}

export class Api {
  #onServerTime;

  // `onServerTime(ms)` hears the server's clock, which may differ from this one.
  constructor(onServerTime) {
    this.#onServerTime = onServerTime;
  }

  servers = async () => readServers(await this.#get("/api/v1/servers"));
  activeAlerts = async () => readAlerts(await this.#get("/api/v1/alerts/active"));
  trends = async () => readTrends(await this.#get("/api/v1/trends"));
  state = async () => readState(await this.#get("/api/state"));

  check = async () => {
    await this.#fetch("/healthz");
  };

  async #get(path) {
    const response = await this.#fetch(path);
    const body = await response.json().catch(() => null);
    if (!response.ok) throw new ApiError(readError(body) || `monserv answered ${response.status}`);
    if (body === null) throw new ApiError("monserv answered with something that is not JSON");
    return body;
  }

  async #fetch(path) {
    let response;
    try {
      // "no-cache" revalidates by ETag: an unchanged state costs a 304.
      response = await fetch(path, { cache: "no-cache", signal: AbortSignal.timeout(TIMEOUT_MS) });
    } catch {
      throw new ApiError("monserv does not answer");
    }
    const at = Date.parse(response.headers.get("Date"));
    if (!Number.isNaN(at)) this.#onServerTime(at);
    return response;
  }
}
