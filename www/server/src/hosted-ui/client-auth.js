/** @import { Exchange } from "../http/exchange.js" */
/** @import { Pool } from "../pool/pool.js" */

/**
 * The client of a form that was posted to the OAuth endpoints, with its secret, if it has one, in the form or in the header.
 * @param {Pool} pool
 * @param {Exchange} exchange
 * @returns the client, or null where it is unknown or the secret is not right
 */
export function authenticateClient(pool, { headers, body }) {
  const form = new URLSearchParams(body);
  const basic = /^Basic (.+)$/i.exec(headers.authorization ?? "")?.[1] ?? "";
  const [id = "", secret] = Buffer.from(basic, "base64")
    .toString("utf8")
    .split(":")
    .map(decodeURIComponent);
  const client = pool.clients.get(form.get("client_id") || id);
  if (!client) return null;
  const given = secret ?? form.get("client_secret");
  return client.secret === null || client.secret === given ? client : null;
}
