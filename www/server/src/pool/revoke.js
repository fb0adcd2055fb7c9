import { isSpent } from "./sessions.js";

/** @import { Pool } from "./pool.js" */
/** @import { StoredClient } from "./clients.js" */

/**
 * Ends the session of a refresh token. Both doors to it, RevokeToken and /oauth2/revoke, word the refusals themselves.
 * @param {Pool} pool
 * @param {StoredClient} client
 * @param {string} token
 * @returns {"ok" | "unsupportedTokenType" | "otherClient"} "ok" also for a token that is unknown, revoked, or rotated away
 */
export function revoke(pool, client, token) {
  const record = pool.sessions.findToken(token);
  if (!record) return "ok";
  if (record.use !== "refresh") return "unsupportedTokenType";
  if (record.session.clientId !== client.id) return "otherClient";
  if (!isSpent(record)) pool.sessions.revoke(record.session, "RevokeToken");
  return "ok";
}
