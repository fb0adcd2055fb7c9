import { ADMIN_SCOPE } from "../pool/clients.js";
import { ServiceError } from "../pool/service-error.js";
import { revoke } from "../pool/revoke.js";
import { checkSecret } from "./client-secret.js";
import { optional, required } from "./parameters.js";

/** @import { Pool } from "../pool/pool.js" */
/** @import { Input } from "./parameters.js" */

/** @param {Pool} pool @param {Input} input */
export function revokeToken(pool, input) {
  const token = required(input, "Token");
  const client = pool.client(required(input, "ClientId"));
  checkSecret(client, optional(input, "ClientSecret"), "UnauthorizedException");
  if (!client.tokenRevocation)
    throw new ServiceError("UnsupportedOperationException");
  const outcome = revoke(pool, client, token);
  if (outcome === "unsupportedTokenType")
    throw new ServiceError("UnsupportedTokenTypeException");
  if (outcome === "otherClient")
    throw new ServiceError(
      "UnauthorizedException",
      "The token was not issued to this client.",
    );
  return undefined;
}

/** @param {Pool} pool @param {Input} input */
export function globalSignOut(pool, input) {
  const { user } = pool.authorize(input["AccessToken"], ADMIN_SCOPE);
  pool.sessions.revokeAll(user.username);
  return {};
}
