/** @import { IncomingMessage, ServerResponse } from "node:http" */

/**
 * The connections that browsers keep open for their next request. A browser repeats a request, unasked, if a connection that
 * it used before closes without an answer; so that a drop is seen by the page, it has to meet a new one. Other clients do not
 * repeat, and could be about to use theirs.
 */
export class BrowserConnections {
  /** @type {Set<IncomingMessage["socket"]>} */
  #idle = new Set();
  /** @type {WeakSet<IncomingMessage["socket"]>} */
  #known = new WeakSet();

  /** @param {IncomingMessage} request @param {ServerResponse} response */
  observe({ headers, socket }, response) {
    this.#idle.delete(socket);
    if (!headers["user-agent"]?.startsWith("Mozilla/")) return;
    response.once("finish", () => this.#idle.add(socket));
    if (this.#known.has(socket)) return;
    this.#known.add(socket);
    socket.once("close", () => this.#idle.delete(socket));
  }

  closeIdle() {
    for (const socket of this.#idle) socket.destroy();
    this.#idle.clear();
  }
}
