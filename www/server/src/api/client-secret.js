import { createHmac } from "node:crypto";

import { notAuthorized, ServiceError } from "../pool/service-error.js";

/** @import { StoredClient } from "../pool/clients.js" */

/** @param {StoredClient} client */
function missing({ id }) {
  return `Client ${id} is configured with secret but SECRET_HASH was not received`;
}

/**
 * A sign-in through a client with a secret brings the HMAC of username and client id.
 * @param {StoredClient} client
 * @param {string} username
 * @param {string | undefined} hash
 */
export function checkSecretHash(client, username, hash) {
  if (client.secret === null) return;
  if (hash === undefined) throw notAuthorized(missing(client));
  const expected = createHmac("sha256", client.secret)
    .update(username + client.id)
    .digest("base64");
  if (hash !== expected)
    throw notAuthorized(
      `SecretHash does not match for the client: ${client.id}`,
    );
}

/**
 * Other operations bring the secret itself. RevokeToken declares no NotAuthorizedException, so the type is the caller's.
 * @param {StoredClient} client
 * @param {string | undefined} secret
 * @param {string} [type]
 */
export function checkSecret(client, secret, type = "NotAuthorizedException") {
  if (client.secret === null || client.secret === secret) return;
  throw new ServiceError(
    type,
    secret === undefined
      ? missing(client)
      : `Client secret does not match for the client: ${client.id}`,
  );
}
