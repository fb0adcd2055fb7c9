/** @import { Exchange } from "./exchange.js" */

const JSON_API = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers":
    "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date",
};
const OPEN = { "access-control-allow-origin": "*" };

/** What pages may fetch from the hosted UI's domain and the issuer; the rest is for navigation only. */
const FETCHABLE =
  /^\/oauth2\/(token|revoke|userInfo)$|^\/[^/]+\/\.well-known\//;

/** The CORS headers of an answer. @param {string} path @returns {Record<string, string>} */
export function corsHeaders(path) {
  if (path === "/") return JSON_API;
  return FETCHABLE.test(path) ? OPEN : {};
}

/** The answer to an OPTIONS request. @param {Exchange} exchange */
export function preflightHeaders({ path, headers }) {
  const asked = headers["access-control-request-headers"];
  const cors = corsHeaders(path);
  if (!("access-control-allow-origin" in cors)) return {};
  return {
    ...cors,
    "access-control-allow-methods": path === "/" ? "POST" : "GET,POST",
    ...(asked ? { "access-control-allow-headers": asked } : {}),
    ...(path === "/" ? { "access-control-max-age": "172800" } : {}),
  };
}

/** @param {string} origin an Origin header, or the origin of a Host header */
export function isLoopback(origin) {
  if (!URL.canParse(origin)) return false;
  const { hostname } = new URL(origin);
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
