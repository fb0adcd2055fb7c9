import { json } from "../http/exchange.js";
import { revoke } from "../pool/revoke.js";
import { authenticateClient } from "./client-auth.js";

/** @import { Answer, Exchange } from "../http/exchange.js" */
/** @import { Pool } from "../pool/pool.js" */

/** `/oauth2/revoke`, RevokeToken's other door. @param {Pool} pool @param {Exchange} exchange @returns {Answer} */
export function revokeByForm(pool, exchange) {
  const token = new URLSearchParams(exchange.body).get("token");
  if (!token) return json({ error: "invalid_request" }, 400);
  const client = authenticateClient(pool, exchange);
  if (!client) return json({ error: "invalid_client" }, 401);
  if (!client.tokenRevocation) return json({ error: "invalid_request" }, 400);
  switch (revoke(pool, client, token)) {
    case "unsupportedTokenType":
      return json({ error: "unsupported_token_type" }, 400);
    case "otherClient":
      return json({ error: "invalid_client" }, 401);
    case "ok":
      return {
        status: 200,
        headers: { "cache-control": "no-store" },
        body: "",
      };
  }
}
