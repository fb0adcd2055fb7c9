import { targetOf } from "./identify.js";

/** @import { IncomingMessage, ServerResponse } from "node:http" */
/** @import { AnsweredRequest } from "../types.d.ts" */

/** The longest name in a path, and the longest operation. A token or its hash is longer. */
const LONGEST_NAME = 32;

/** @param {string} name */
function shown(name) {
  return name.length > LONGEST_NAME ? "…" : name;
}

/** The path without its query, and without what may be a token. @param {string} target */
function shownPath(target) {
  const path = target.replace(/[?#][^]*$/, "").replace(/[^!-~]/g, "?");
  return path.split("/").map(shown).join("/");
}

/**
 * Reports a request once it is over.
 * @param {IncomingMessage} request
 * @param {ServerResponse} response
 * @param {(request: AnsweredRequest) => void} onRequest
 */
export function report(request, response, onRequest) {
  const began = performance.now();
  response.once("close", () => {
    const operation = targetOf(request.headers);
    onRequest({
      method: request.method ?? "GET",
      path: shownPath(request.url ?? "/"),
      operation: operation === null ? null : shown(operation),
      status: response.headersSent ? response.statusCode : null,
      ms: performance.now() - began,
    });
  });
}
