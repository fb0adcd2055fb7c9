import { json } from "../http/exchange.js";
import { refresh } from "../pool/refresh.js";
import { ServiceError } from "../pool/service-error.js";
import { capture } from "./capture.js";
import { authenticateClient } from "./client-auth.js";

/** @import { Provider } from "oidc-provider" */
/** @import { Exchange } from "../http/exchange.js" */
/** @import { StoredClient } from "../pool/clients.js" */
/** @import { Pool } from "../pool/pool.js" */

/** `/oauth2/token`. @param {Pool} pool @param {Provider} provider @param {Exchange} exchange */
export async function token(pool, provider, exchange) {
  const form = new URLSearchParams(exchange.body);
  const client = authenticateClient(pool, exchange);
  if (!client) return json({ error: "invalid_client" }, 400);
  switch (form.get("grant_type")) {
    case "authorization_code":
      return redeemCode(provider, exchange, client);
    case "refresh_token":
      return refreshed(pool, client, form.get("refresh_token"));
    case null:
      return json({ error: "invalid_request" }, 400);
    default:
      return json({ error: "unsupported_grant_type" }, 400);
  }
}

/** @param {Provider} provider @param {Exchange} exchange @param {StoredClient} client */
async function redeemCode(provider, exchange, client) {
  const form = new URLSearchParams(exchange.body);
  // The secret was checked; to oidc-provider every client is a public one.
  form.set("client_id", client.id);
  form.delete("client_secret");
  const { authorization: _, ...headers } = exchange.headers;
  const answer = await capture(
    { ...exchange, headers, body: form.toString() },
    provider.callback(),
  );
  const result = JSON.parse(answer.body);
  // Cognito gives no description.
  return "error" in result
    ? json({ error: result.error }, 400)
    : json(result, answer.status);
}

/** @param {Pool} pool @param {StoredClient} client @param {string | null} refreshToken */
function refreshed(pool, client, refreshToken) {
  if (!refreshToken) return json({ error: "invalid_request" }, 400);
  try {
    const issued = refresh(pool, client, refreshToken, undefined);
    return json({
      id_token: issued.idToken,
      access_token: issued.accessToken,
      ...(issued.refreshToken ? { refresh_token: issued.refreshToken } : {}),
      expires_in: issued.expiresIn,
      token_type: "Bearer",
    });
  } catch (error) {
    if (error instanceof ServiceError)
      return json({ error: "invalid_grant" }, 400);
    throw error;
  }
}
