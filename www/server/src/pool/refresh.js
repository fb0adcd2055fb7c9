import { epochSeconds } from "./jwt.js";
import { ServiceError, notAuthorized } from "./service-error.js";
import { isSpent } from "./sessions.js";

/** @import { Pool } from "./pool.js" */
/** @import { StoredClient } from "./clients.js" */

/**
 * New tokens for a refresh token, and a new refresh token where the client rotates them.
 * @param {Pool} pool
 * @param {StoredClient} client
 * @param {string} refreshToken
 * @param {string | undefined} deviceKey
 * @throws {ServiceError} in Cognito's words
 */
export function refresh(pool, client, refreshToken, deviceKey) {
  const record = pool.sessions.findToken(refreshToken);
  if (
    !record ||
    record.use !== "refresh" ||
    record.session.clientId !== client.id
  )
    throw notAuthorized("Invalid Refresh Token.");
  const { session } = record;
  const user = pool.userOf(session);
  if (session.revoked) throw notAuthorized("Refresh Token has been revoked");
  if (record.expiresAt <= epochSeconds())
    throw notAuthorized("Refresh Token has expired");
  if (isSpent(record)) throw new ServiceError("RefreshTokenReuseException");
  if (
    pool.devices.isRemembered(session.deviceKey) &&
    deviceKey !== session.deviceKey
  )
    throw notAuthorized("Invalid Refresh Token.");

  const issued = pool.sessions.issueTokens(session, user, client);
  if (!client.rotation) return { ...issued, refreshToken: undefined };
  record.spentAt ??= Date.now() + client.rotation.graceSeconds * 1000;
  return { ...issued, refreshToken: pool.sessions.issueRefreshToken(session) };
}
