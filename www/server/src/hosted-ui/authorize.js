import { redirect } from "../http/exchange.js";
import { capture } from "./capture.js";
import {
  missingParameter,
  redirectMismatch,
  unknownClient,
} from "./refusal.js";

/** @import { Provider } from "oidc-provider" */
/** @import { Answer, Exchange } from "../http/exchange.js" */
/** @import { Pool } from "../pool/pool.js" */

/**
 * What Cognito refuses with a page of its own, and not with an error at the callback.
 * @param {Pool} pool
 * @param {URLSearchParams} query
 * @returns {Answer | null}
 */
export function refuseRequest(pool, query) {
  for (const parameter of ["client_id", "redirect_uri", "response_type"])
    if (!query.get(parameter)) return missingParameter(query, parameter);
  const clientId = String(query.get("client_id"));
  const client = pool.clients.get(clientId);
  if (!client) return unknownClient(pool, clientId);
  const redirectUri = String(query.get("redirect_uri"));
  return client.callbackUrls.includes(redirectUri)
    ? null
    : redirectMismatch(client, "redirect_uri", redirectUri);
}

/**
 * @param {Pool} pool
 * @param {Provider} provider
 * @param {Exchange} exchange
 */
export async function authorize(pool, provider, exchange) {
  const url = new URL(exchange.url);
  const refusal = refuseRequest(pool, url.searchParams);
  if (refusal) return refusal;
  const client = pool.client(String(url.searchParams.get("client_id")));
  // No scope asked for: all that the client may have.
  if (!url.searchParams.get("scope"))
    url.searchParams.set("scope", client.scopes.join(" "));
  return resume(pool, provider, { ...exchange, url });
}

/** @param {Pool} pool @param {Provider} provider @param {Exchange} exchange */
export async function resume(pool, provider, exchange) {
  const answer = await capture(exchange, provider.callback());
  const { location } = answer.headers;
  if (typeof location !== "string") return answer;
  // oidc-provider adds `iss` (RFC 9207) at the callback; Cognito does not.
  const target = new URL(location, exchange.url);
  if (target.searchParams.get("iss") !== pool.issuer) return answer;
  target.searchParams.delete("iss");
  return { ...answer, headers: { ...answer.headers, location: target.href } };
}

/** `/login` without an interaction: Cognito's other address of the same page. @param {Exchange} exchange */
export function login({ url }) {
  return redirect(`/oauth2/authorize${url.search}`);
}
