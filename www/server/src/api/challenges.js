import {
  ServiceError,
  invalidParameter,
  notAuthorized,
} from "../pool/service-error.js";
import { checkSecretHash } from "./client-secret.js";
import { noSuchDevice } from "./devices.js";
import { startSrp } from "./initiate-auth.js";
import { nested, optional, required, requiredParameter } from "./parameters.js";
import { afterPassword, signedIn } from "./sign-in.js";

/** @import { Pool, SignInStep } from "../pool/pool.js" */
/** @import { Input } from "./parameters.js" */

const ANSWERS = {
  PASSWORD_VERIFIER: passwordVerifier,
  SMS_MFA: secondFactor("SMS_MFA_CODE"),
  SOFTWARE_TOKEN_MFA: secondFactor("SOFTWARE_TOKEN_MFA_CODE"),
  DEVICE_SRP_AUTH: deviceSrpAuth,
  DEVICE_PASSWORD_VERIFIER: devicePasswordVerifier,
};

/** @param {Pool} pool @param {Input} input @returns {Record<string, unknown>} */
export function respondToAuthChallenge(pool, input) {
  const name = required(input, "ChallengeName");
  const client = pool.client(required(input, "ClientId"));
  if (!Object.hasOwn(ANSWERS, name))
    throw invalidParameter(
      "1 validation error detected: Value at 'challengeName' failed to satisfy constraint: Member must satisfy enum value set",
    );
  const responses = nested(input, "ChallengeResponses");
  const username = requiredParameter(responses, "USERNAME");
  checkSecretHash(client, username, optional(responses, "SECRET_HASH"));
  return ANSWERS[/** @type {keyof typeof ANSWERS} */ (name)](pool, {
    ...input,
    ...responses,
  });
}

/** The step that a ticket stands for, with its user and client. @param {Pool} pool @param {Input} input @param {string} ticket */
function resume(pool, input, ticket) {
  const step = pool.challenges.get(ticket);
  const user = step && pool.users.get(step.username);
  if (!step || !user || step.clientId !== input["ClientId"])
    throw notAuthorized("Invalid session for the user, session is expired.");
  return { step, user, client: pool.client(step.clientId) };
}

/** @param {SignInStep} step @param {Input} responses */
function checkProof({ exchange }, responses) {
  const timestamp = requiredParameter(responses, "TIMESTAMP");
  const signature = requiredParameter(responses, "PASSWORD_CLAIM_SIGNATURE");
  if (!exchange?.proves(timestamp, signature))
    throw notAuthorized("Incorrect username or password.");
}

/** @param {Pool} pool @param {Input} input */
function passwordVerifier(pool, input) {
  const ticket = requiredParameter(input, "PASSWORD_CLAIM_SECRET_BLOCK");
  const { step, user, client } = resume(pool, input, ticket);
  pool.challenges.close(ticket);
  checkProof(step, input);
  return afterPassword(pool, client, user, optional(input, "DEVICE_KEY"));
}

/** @param {string} field */
function secondFactor(field) {
  /** @param {Pool} pool @param {Input} input */
  return (pool, input) => {
    const ticket = required(input, "Session");
    const { user, client } = resume(pool, input, ticket);
    if (requiredParameter(input, field) !== user.mfaCode)
      throw new ServiceError(
        "CodeMismatchException",
        "Invalid code received for user",
      );
    pool.challenges.close(ticket);
    return signedIn(pool, client, user);
  };
}

/** @param {Pool} pool @param {Input} input */
function deviceSrpAuth(pool, input) {
  const ticket = required(input, "Session");
  const { step, user } = resume(pool, input, ticket);
  const key = requiredParameter(input, "DEVICE_KEY");
  const device = pool.devices.find(key, user.username);
  if (!device?.verifier || key !== step.deviceKey) throw noSuchDevice();
  pool.challenges.close(ticket);
  const exchange = startSrp(
    requiredParameter(input, "SRP_A"),
    device.verifier,
    pool.devices.groupKey,
    key,
  );
  const { B, secretBlock } = exchange.greeting;
  pool.challenges.put({ ...step, exchange }, secretBlock);
  return {
    ChallengeName: "DEVICE_PASSWORD_VERIFIER",
    ChallengeParameters: {
      DEVICE_KEY: key,
      SALT: device.verifier.salt,
      SECRET_BLOCK: secretBlock,
      SRP_B: B,
      USERNAME: user.username,
    },
  };
}

/** @param {Pool} pool @param {Input} input */
function devicePasswordVerifier(pool, input) {
  const ticket = requiredParameter(input, "PASSWORD_CLAIM_SECRET_BLOCK");
  const { step, user, client } = resume(pool, input, ticket);
  pool.challenges.close(ticket);
  checkProof(step, input);
  return signedIn(pool, client, user, step.deviceKey);
}
