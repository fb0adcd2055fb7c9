import { json } from "../http/exchange.js";
import { SCOPES } from "../pool/clients.js";
import { USER_POOL_ID } from "../pool/pool.js";

/** @import { Answer } from "../http/exchange.js" */
/** @import { Pool } from "../pool/pool.js" */

/** What the issuer says of itself, as Cognito does; null for any other path. @param {Pool} pool @param {string} path @returns {Answer | null} */
export function discovery(pool, path) {
  if (path === `/${USER_POOL_ID}/.well-known/jwks.json`)
    return json({ keys: [pool.signer.publicJwk] });
  if (path !== `/${USER_POOL_ID}/.well-known/openid-configuration`) return null;
  const { issuer, origin } = pool;
  return json({
    authorization_endpoint: `${origin}/oauth2/authorize`,
    end_session_endpoint: `${origin}/logout`,
    id_token_signing_alg_values_supported: ["RS256"],
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    response_types_supported: ["code"],
    revocation_endpoint: `${origin}/oauth2/revoke`,
    scopes_supported: SCOPES.filter((scope) => !scope.startsWith("aws.")),
    subject_types_supported: ["public"],
    token_endpoint: `${origin}/oauth2/token`,
    token_endpoint_auth_methods_supported: [
      "client_secret_basic",
      "client_secret_post",
    ],
    userinfo_endpoint: `${origin}/oauth2/userInfo`,
  });
}
