import { randomUUID } from "node:crypto";

import { ServiceError } from "../pool/service-error.js";

/** @import { IncomingHttpHeaders, IncomingMessage } from "node:http" */

/**
 * @typedef {object} Exchange a request, read to its end
 * @property {string} method
 * @property {URL} url
 * @property {string} path
 * @property {IncomingHttpHeaders} headers
 * @property {string} body
 * @property {IncomingMessage["socket"]} socket
 */

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {Record<string, string | string[]>} headers
 * @property {string} body
 */

const LIMIT = 1024 * 1024;

/** @param {IncomingMessage} request @param {string} origin @returns {Promise<Exchange>} */
export async function readExchange(request, origin) {
  /** @type {Buffer[]} */
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > LIMIT) throw new RangeError("The request body is too large.");
    chunks.push(chunk);
  }
  // A request target with two leading slashes would be read as another host.
  const url = new URL(`${origin}${(request.url ?? "/").replace(/^\/+/, "/")}`);
  return {
    method: request.method ?? "GET",
    url,
    path: url.pathname,
    headers: request.headers,
    body: Buffer.concat(chunks).toString("utf8"),
    socket: request.socket,
  };
}

/** The JSON object that a body holds, or null. @param {string} body @returns {Record<string, unknown> | null} */
export function parseObject(body) {
  try {
    const value = JSON.parse(body);
    return typeof value === "object" && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** @param {unknown} value @param {number} [status] @returns {Answer} */
export function json(value, status = 200) {
  return {
    status,
    headers: {
      "content-type": "application/json",
      "cache-control": "no-store",
    },
    body: JSON.stringify(value),
  };
}

/** @param {string} body @param {number} [status] @returns {Answer} */
export function html(body, status = 200) {
  return {
    status,
    headers: {
      "content-type": "text/html;charset=UTF-8",
      "cache-control": "no-store",
      "x-frame-options": "DENY",
    },
    body,
  };
}

/** @param {string} location @param {Record<string, string | string[]>} [headers] @returns {Answer} */
export function redirect(location, headers = {}) {
  return {
    status: 302,
    headers: { location, "cache-control": "no-store", ...headers },
    body: "",
  };
}

/** The headers of every answer of the JSON API. */
export function awsHeaders() {
  return {
    "content-type": "application/x-amz-json-1.1",
    "x-amzn-requestid": randomUUID(),
  };
}

/** An answer of the JSON API; undefined is an empty body. @param {unknown} value @returns {Answer} */
export function awsJson(value) {
  const body = value === undefined ? "" : JSON.stringify(value);
  return { status: 200, headers: awsHeaders(), body };
}

/** @param {ServiceError} error @param {number} [status] @returns {Answer} */
export function awsError({ type, message, status: usual }, status = usual) {
  return {
    status,
    headers: {
      ...awsHeaders(),
      // Cognito's own has the colon, and nothing after it.
      "x-amzn-errortype": `${type}:`,
      "x-amzn-errormessage": message,
    },
    body: JSON.stringify({ __type: type, message }),
  };
}
