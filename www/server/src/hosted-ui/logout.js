import { redirect } from "../http/exchange.js";
import { refuseRequest } from "./authorize.js";
import { CLEAR_COOKIE, sessionCookie } from "./cookie.js";
import {
  missingParameter,
  redirectMismatch,
  unknownClient,
} from "./refusal.js";

/** @import { Exchange } from "../http/exchange.js" */
/** @import { Pool } from "../pool/pool.js" */
/** @import { Storage } from "./storage.js" */

/**
 * Cognito's own logout, which is not OpenID Connect's: `logout_uri`, or `redirect_uri` and `response_type`; `state` is not
 * handed back, and all else is ignored. What it refuses stays signed in.
 * @param {Pool} pool
 * @param {Storage} storage
 * @param {Exchange} exchange
 */
export function logout(pool, storage, exchange) {
  const query = exchange.url.searchParams;
  const clientId = query.get("client_id");
  if (!clientId) return missingParameter(query, "client_id");
  const client = pool.clients.get(clientId);
  if (!client) return unknownClient(pool, clientId);

  const logoutUri = query.get("logout_uri");
  if (!logoutUri) {
    const refusal = refuseRequest(pool, query);
    if (refusal) return refusal;
    const kept = new URLSearchParams();
    for (const name of [
      "client_id",
      "response_type",
      "redirect_uri",
      "state",
      "scope",
    ]) {
      const value = query.get(name);
      if (value) kept.set(name, value);
    }
    return leave(storage, exchange, `/login?${kept}`);
  }
  if (!client.logoutUrls.includes(logoutUri))
    return redirectMismatch(client, "logout_uri", logoutUri);
  return leave(storage, exchange, logoutUri);
}

/** @param {Storage} storage @param {Exchange} exchange @param {string} location */
function leave(storage, exchange, location) {
  const id = sessionCookie(exchange);
  if (id === undefined) return redirect(location);
  storage.endSession(id);
  return redirect(location, { "set-cookie": [CLEAR_COOKIE] });
}
