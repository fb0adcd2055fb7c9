/** @import { LoggedRequest, RequestFilter } from "./types.d.ts" */

const LIMIT = 10_000;

/** The requests that came, in order. No token ever enters it. */
export class RequestLog {
  /** @type {LoggedRequest[]} */
  #entries = [];
  #lastId = 0;

  /** @param {Omit<LoggedRequest, "id" | "time">} entry @returns {LoggedRequest} to be completed */
  add(entry) {
    this.#lastId += 1;
    const logged = {
      id: this.#lastId,
      time: new Date().toISOString(),
      ...entry,
    };
    this.#entries.push(logged);
    if (this.#entries.length > LIMIT) this.#entries.shift();
    return logged;
  }

  /** @param {RequestFilter} [filter] @returns {LoggedRequest[]} */
  list({ operation, clientId } = {}) {
    return this.#entries
      .filter(
        (entry) =>
          (operation === undefined || entry.operation === operation) &&
          (clientId === undefined || entry.clientId === clientId),
      )
      .map((entry) => ({ ...entry }));
  }

  clear() {
    this.#entries = [];
  }
}
