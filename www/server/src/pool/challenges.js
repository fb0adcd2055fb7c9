import { randomBytes } from "node:crypto";

const LIFETIME_MS = 3 * 60 * 1000;

/** What the server must remember between one step of a sign-in and the next, under a ticket that the client brings back. @template T */
export class Challenges {
  /** @type {Map<string, { value: T, expiresAt: number }>} */
  #open = new Map();

  /** @param {T} value @param {string} [ticket] @returns {string} */
  put(value, ticket = randomBytes(96).toString("base64url")) {
    this.#open.set(ticket, { value, expiresAt: Date.now() + LIFETIME_MS });
    return ticket;
  }

  /** @param {string} ticket @returns {T | undefined} */
  get(ticket) {
    const found = this.#open.get(ticket);
    return found && found.expiresAt > Date.now() ? found.value : undefined;
  }

  /** @param {string} ticket */
  close(ticket) {
    this.#open.delete(ticket);
  }

  clear() {
    this.#open.clear();
  }
}
