import { json, parseObject } from "../http/exchange.js";
import { isLoopback } from "../http/cors.js";
import { NotFound } from "./control.js";

/** @import { Answer, Exchange } from "../http/exchange.js" */
/** @import { Control } from "../types.d.ts" */

/**
 * @typedef {object} Call
 * @property {any} body
 * @property {string} name what follows the resource in the path
 * @property {Record<string, string>} query
 */

/** Each route of the control API: method, resource, whether a name follows it, and what it does. */
const ROUTES =
  /** @type {[string, string, boolean, (control: Control, call: Call) => unknown][]} */ ([
    ["GET", "info", false, (c) => c.info()],
    ["POST", "reset", false, (c) => c.reset()],
    ["GET", "users", false, (c) => c.users()],
    ["POST", "users", false, (c, { body }) => c.addUser(body)],
    ["DELETE", "users", true, (c, { name }) => c.removeUser(name)],
    ["GET", "clients", false, (c) => c.clients()],
    ["POST", "clients", false, (c, { body }) => c.addClient(body)],
    ["DELETE", "clients", true, (c, { name }) => c.removeClient(name)],
    ["GET", "sessions", false, (c, { query }) => c.sessions(query)],
    ["POST", "sessions", false, (c, { body }) => c.addSession(body)],
    ["DELETE", "sessions", true, (c, { name }) => c.endSession(name)],
    ["GET", "hosted-ui", false, (c) => c.hostedUISessions()],
    ["GET", "tokens", true, (c, { name }) => c.token(name)],
    ["GET", "faults", false, (c) => c.faults()],
    ["POST", "faults", false, (c, { body }) => c.addFault(body)],
    ["DELETE", "faults", true, (c, { name }) => c.removeFault(Number(name))],
    ["DELETE", "faults", false, (c, { query }) => c.clearFaults(query)],
    ["GET", "requests", false, (c, { query }) => c.requests(query)],
    ["DELETE", "requests", false, (c) => c.clearRequests()],
  ]);

/**
 * The control API over HTTP, for pages and tools on this machine only.
 * @param {Control} control
 * @param {Exchange} exchange
 * @returns {Answer}
 */
export function answerControl(control, exchange) {
  const { origin } = exchange.headers;
  if (origin !== undefined && !isLoopback(origin))
    return json({ error: "Only pages of this machine may ask." }, 403);
  const answer =
    exchange.method === "OPTIONS"
      ? { status: 204, headers: {}, body: "" }
      : run(control, exchange);
  if (origin === undefined) return answer;
  const cors = {
    "access-control-allow-origin": origin,
    "access-control-allow-methods": "GET,POST,DELETE",
    "access-control-allow-headers": "content-type",
    vary: "origin",
  };
  return { ...answer, headers: { ...answer.headers, ...cors } };
}

/** @param {Control} control @param {Exchange} exchange @returns {Answer} */
function run(control, { method, path, url, body }) {
  const [resource = "", ...rest] = path.slice("/_control/".length).split("/");
  const name = decodeURIComponent(rest.join("/"));
  const route = ROUTES.find(
    (candidate) =>
      candidate[0] === method &&
      candidate[1] === resource &&
      candidate[2] === (name !== ""),
  );
  if (!route) return json({ error: `There is no ${method} ${path}.` }, 404);
  const query = Object.fromEntries(url.searchParams);
  const call = { body: parseObject(body), name, query };
  if (method === "POST" && body !== "" && call.body === null)
    return json({ error: "The body must be a JSON object." }, 400);
  try {
    return json(route[3](control, call) ?? {});
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const status = error instanceof NotFound ? 404 : 400;
    return json({ error: error.message }, status);
  }
}
