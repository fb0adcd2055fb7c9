import { refresh } from "../pool/refresh.js";
import { ServiceError } from "../pool/service-error.js";
import { checkSecret, checkSecretHash } from "./client-secret.js";
import { nested, optional, required, requiredParameter } from "./parameters.js";
import { authenticationResult } from "./result.js";

/** @import { Pool } from "../pool/pool.js" */
/** @import { Input } from "./parameters.js" */

/** @param {Pool} pool @param {Input} input */
export function getTokensFromRefreshToken(pool, input) {
  const token = required(input, "RefreshToken");
  const client = pool.client(required(input, "ClientId"));
  checkSecret(client, optional(input, "ClientSecret"));
  const issued = refresh(pool, client, token, optional(input, "DeviceKey"));
  return { AuthenticationResult: authenticationResult(issued) };
}

/** InitiateAuth with REFRESH_TOKEN_AUTH. @param {Pool} pool @param {Input} input */
export function refreshTokenAuth(pool, input) {
  const client = pool.client(required(input, "ClientId"));
  const parameters = nested(input, "AuthParameters");
  const token = requiredParameter(parameters, "REFRESH_TOKEN");
  if (client.rotation)
    throw new ServiceError(
      "UnsupportedOperationException",
      "Refresh token rotation is enabled for this client: use GetTokensFromRefreshToken.",
    );
  const owner = pool.sessions.findToken(token)?.session.username ?? "";
  checkSecretHash(client, owner, optional(parameters, "SECRET_HASH"));
  const deviceKey = optional(parameters, "DEVICE_KEY");
  const issued = refresh(pool, client, token, deviceKey);
  return {
    AuthenticationResult: authenticationResult(issued),
    ChallengeParameters: {},
  };
}
