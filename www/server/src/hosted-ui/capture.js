import { IncomingMessage, ServerResponse } from "node:http";

/** @import { Answer, Exchange } from "../http/exchange.js" */

/** A response that goes nowhere: what is written to it is kept. */
class CapturedResponse extends ServerResponse {
  /** @type {Buffer[]} */
  #chunks = [];
  /** @type {(answer: Answer) => void} */
  #done = () => {};
  /** @type {Promise<Answer>} */
  answer = new Promise((resolve) => (this.#done = resolve));

  /** @override @param {any} chunk */
  write(chunk) {
    this.#chunks.push(Buffer.from(chunk));
    return true;
  }

  /** @override @param {any} [chunk] */
  end(chunk) {
    if (chunk) this.write(chunk);
    /** @type {Answer["headers"]} */
    const headers = {};
    for (const [name, value] of Object.entries(this.getHeaders()))
      if (value !== undefined && name !== "content-length")
        headers[name] = Array.isArray(value) ? value : String(value);
    const body = Buffer.concat(this.#chunks).toString("utf8");
    this.#done({ status: this.statusCode, headers, body });
    return this;
  }
}

/**
 * Runs a Node request handler on a request that was read already, so that a fault can stand between its answer and the wire.
 * @param {Exchange} exchange
 * @param {(request: IncomingMessage, response: ServerResponse) => unknown} handler
 */
export async function capture(exchange, handler) {
  const request = new IncomingMessage(exchange.socket);
  request.method = exchange.method;
  request.url = exchange.url.pathname + exchange.url.search;
  const { origin: _, ...headers } = exchange.headers;
  const length = String(Buffer.byteLength(exchange.body));
  request.headers =
    exchange.body === "" ? headers : { ...headers, "content-length": length };
  request.push(exchange.body);
  request.push(null);
  // Else its end would take the socket down.
  request.complete = true;
  const response = new CapturedResponse(request);
  await handler(request, response);
  return response.answer;
}
