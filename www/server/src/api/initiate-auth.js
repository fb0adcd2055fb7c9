import { invalidParameter, notAuthorized } from "../pool/service-error.js";
import { SrpExchange } from "../pool/srp.js";
import { srpVerifier } from "../pool/users.js";
import { checkSecretHash } from "./client-secret.js";
import { nested, optional, required, requiredParameter } from "./parameters.js";
import { refreshTokenAuth } from "./refresh.js";
import { afterPassword } from "./sign-in.js";

/** @import { Pool } from "../pool/pool.js" */
/** @import { Input } from "./parameters.js" */

/** Flow names as sent; REFRESH_TOKEN is the older name of REFRESH_TOKEN_AUTH. */
const FLOWS = /** @type {const} */ ({
  USER_PASSWORD_AUTH: { allowedBy: "USER_PASSWORD_AUTH", run: passwordAuth },
  USER_SRP_AUTH: { allowedBy: "USER_SRP_AUTH", run: srpAuth },
  REFRESH_TOKEN_AUTH: {
    allowedBy: "REFRESH_TOKEN_AUTH",
    run: refreshTokenAuth,
  },
  REFRESH_TOKEN: { allowedBy: "REFRESH_TOKEN_AUTH", run: refreshTokenAuth },
});

/** @param {Pool} pool @param {Input} input @returns {Record<string, unknown>} */
export function initiateAuth(pool, input) {
  const name = required(input, "AuthFlow");
  const client = pool.client(required(input, "ClientId"));
  if (!Object.hasOwn(FLOWS, name))
    throw invalidParameter(
      "1 validation error detected: Value at 'authFlow' failed to satisfy constraint: Member must satisfy enum value set",
    );
  const flow = FLOWS[/** @type {keyof typeof FLOWS} */ (name)];
  if (!client.authFlows.includes(flow.allowedBy))
    throw invalidParameter(
      `${flow.allowedBy} flow not enabled for this client`,
    );
  return flow.run(pool, input);
}

/** @param {Pool} pool @param {Input} input */
function signInParameters(pool, input) {
  const client = pool.client(required(input, "ClientId"));
  const parameters = nested(input, "AuthParameters");
  const username = requiredParameter(parameters, "USERNAME");
  checkSecretHash(client, username, optional(parameters, "SECRET_HASH"));
  // Cognito does not tell a wrong password from an unknown user (PreventUserExistenceErrors).
  const user = pool.users.find(username);
  if (!user) throw notAuthorized("Incorrect username or password.");
  return { client, parameters, user };
}

/** @param {Pool} pool @param {Input} input */
function passwordAuth(pool, input) {
  const { client, parameters, user } = signInParameters(pool, input);
  if (user.password !== requiredParameter(parameters, "PASSWORD"))
    throw notAuthorized("Incorrect username or password.");
  return afterPassword(pool, client, user, optional(parameters, "DEVICE_KEY"));
}

/** @param {Pool} pool @param {Input} input */
function srpAuth(pool, input) {
  const { client, parameters, user } = signInParameters(pool, input);
  const exchange = startSrp(
    requiredParameter(parameters, "SRP_A"),
    srpVerifier(user, pool.srpGroup),
    pool.srpGroup,
    user.username,
  );
  const { B, secretBlock } = exchange.greeting;
  pool.challenges.put(
    { username: user.username, clientId: client.id, exchange },
    secretBlock,
  );
  return {
    ChallengeName: "PASSWORD_VERIFIER",
    ChallengeParameters: {
      SALT: srpVerifier(user, pool.srpGroup).salt,
      SECRET_BLOCK: secretBlock,
      SRP_B: B,
      USERNAME: user.username,
      USER_ID_FOR_SRP: user.username,
    },
  };
}

/**
 * @param {string} A
 * @param {import("../pool/srp.js").Verifier} verifier
 * @param {string} group
 * @param {string} id
 */
export function startSrp(A, verifier, group, id) {
  try {
    return new SrpExchange(A, verifier, group, id);
  } catch (error) {
    if (error instanceof RangeError) throw invalidParameter(error.message);
    throw error;
  }
}
