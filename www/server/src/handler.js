import { answerApi } from "./api/index.js";
import { answerControl } from "./control/routes.js";
import { faultAnswer } from "./faults/fault-answer.js";
import { welcomePage } from "./hosted-ui/pages.js";
import { corsHeaders, isLoopback, preflightHeaders } from "./http/cors.js";
import { deliver } from "./http/deliver.js";
import { html, json, readExchange } from "./http/exchange.js";
import { identify } from "./http/identify.js";
import { report } from "./http/report.js";

/** @import { IncomingMessage, ServerResponse } from "node:http" */
/** @import { ActiveFault, Control, StartOptions } from "./types.d.ts" */
/** @import { Parts } from "./control/control.js" */
/** @import { createHostedUI } from "./hosted-ui/index.js" */
/** @import { Answer, Exchange } from "./http/exchange.js" */

/**
 * @typedef {object} Server
 * @property {Parts} parts
 * @property {Control} control
 * @property {Awaited<ReturnType<typeof createHostedUI>>} hostedUI
 * @property {StartOptions["onRequest"]} [onRequest]
 */

// Amazon's own endpoint, which not every configuration can replace; a browser may be told that it is here.
const AWS_ENDPOINT = /^cognito-idp\.[\w-]+\.amazonaws\.com(:\d+)?$/;
const UNLOGGED = /^\/favicon\.ico$|^\/[^/]+\/\.well-known\//;

/** @param {Server} server */
export function createHandler(server) {
  /** @param {IncomingMessage} request @param {ServerResponse} response */
  return (request, response) => void handle(server, request, response);
}

/** Never rejects. @param {Server} server @param {IncomingMessage} request @param {ServerResponse} response */
async function handle(server, request, response) {
  server.parts.connections.observe(request, response);
  if (server.onRequest) report(request, response, server.onRequest);
  try {
    const { host = "" } = request.headers;
    // A name that an attacker's DNS points at this machine must not get tokens out of it.
    if (!isLoopback(`http://${host}`) && !AWS_ENDPOINT.test(host))
      return await deliver(response, json({ error: "Unknown host." }, 403), {});
    const exchange = await readExchange(request, server.parts.pool.origin);
    await answer(server, exchange, response);
  } catch (error) {
    // A request that ended early is nobody's fault; what else fails is this server's.
    if (!request.complete || response.headersSent) response.destroy();
    else {
      const name = error instanceof Error ? error.name : "Error";
      await deliver(response, json({ error: name }, 500), {});
    }
  }
}

/** @param {Server} server @param {Exchange} exchange @param {ServerResponse} response */
async function answer(server, exchange, response) {
  const { pool, faults, log } = server.parts;
  if (exchange.path.startsWith("/_control/"))
    return send(server, response, answerControl(server.control, exchange));
  if (UNLOGGED.test(exchange.path))
    return send(server, response, await route(server, exchange, ""));

  const identity = identify(exchange, pool);
  const fault = faults.take(identity);
  const entry = log.add({
    ...identity,
    method: exchange.method,
    path: identity.operation.startsWith("/") ? identity.operation : "/",
    origin: exchange.headers.origin ?? null,
    preflight: exchange.method === "OPTIONS",
    status: null,
    processed: false,
    fault: fault?.id ?? null,
  });

  if (fault?.latencyMs) await faults.hold(fault, fault.latencyMs);
  const isReplaced = fault?.answer ?? fault?.silence ?? fault?.drop;
  let reply = null;
  if (!isReplaced || fault?.processed) {
    reply = await route(server, exchange, identity.operation);
    entry.processed = true;
  }
  if (fault?.answerDelayMs) await faults.hold(fault, fault.answerDelayMs);
  if (fault?.silence) return undefined;
  if (fault?.drop) return void response.destroy();
  if (fault?.answer) reply = withCors(faultAnswer(fault.answer), exchange);
  if (!reply || response.destroyed) return undefined;
  entry.status = reply.status;
  return send(
    server,
    response,
    fault?.noCors ? withoutCors(reply) : reply,
    fault,
  );
}

/** @param {Server} server @param {ServerResponse} response @param {Answer} reply @param {ActiveFault} [fault] */
function send({ parts: { faults } }, response, reply, fault) {
  // See BrowserConnections: what is to be dropped must not be a connection that was used before.
  if (faults.dropping) response.setHeader("connection", "close");
  return deliver(response, reply, fault ?? {});
}

/** The true answer. @param {Server} server @param {Exchange} exchange @param {string} operation @returns {Promise<Answer>} */
async function route(server, exchange, operation) {
  const { pool } = server.parts;
  const { method, path } = exchange;
  if (method === "OPTIONS")
    return { status: 200, headers: preflightHeaders(exchange), body: "" };
  if (path === "/" && method === "GET") return html(welcomePage(pool.issuer));
  const reply =
    path === "/" && method === "POST"
      ? answerApi(pool, exchange, operation)
      : await server.hostedUI.answer(exchange);
  return withCors(reply ?? json({ error: "Not found." }, 404), exchange);
}

/** @param {Answer} reply @param {Exchange} exchange @returns {Answer} */
function withCors(reply, { path }) {
  return { ...reply, headers: { ...reply.headers, ...corsHeaders(path) } };
}

/** @param {Answer} reply @returns {Answer} */
function withoutCors(reply) {
  const kept = Object.entries(reply.headers).filter(
    ([name]) => !name.toLowerCase().startsWith("access-control-"),
  );
  return { ...reply, headers: Object.fromEntries(kept) };
}
