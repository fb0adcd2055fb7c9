import { html, redirect } from "../http/exchange.js";
import { capture } from "./capture.js";
import { errorPage } from "./pages.js";

/** @import { Provider } from "oidc-provider" */
/** @import { Answer, Exchange } from "../http/exchange.js" */
/** @import { Pool } from "../pool/pool.js" */

/** @param {string} parameter */
export function missingParameter(parameter) {
  return html(
    errorPage(`Required String parameter '${parameter}' is not present`),
    400,
  );
}

/**
 * What Cognito refuses with a page of its own, and not with an error at the callback.
 * @param {Pool} pool
 * @param {URLSearchParams} query
 * @returns {Answer | null}
 */
export function refuseRequest(pool, query) {
  for (const parameter of ["client_id", "redirect_uri", "response_type"])
    if (!query.get(parameter)) return missingParameter(parameter);
  const client = pool.clients.get(String(query.get("client_id")));
  if (!client) return html(errorPage("Client does not exist."), 400);
  if (!client.callbackUrls.includes(String(query.get("redirect_uri"))))
    return html(errorPage("redirect_mismatch"), 400);
  return null;
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
