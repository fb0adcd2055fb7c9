import { awsError, awsJson, parseObject } from "../http/exchange.js";
import { ServiceError } from "../pool/service-error.js";
import { respondToAuthChallenge } from "./challenges.js";
import { confirmDevice, forgetDevice, updateDeviceStatus } from "./devices.js";
import { initiateAuth } from "./initiate-auth.js";
import { getTokensFromRefreshToken } from "./refresh.js";
import { globalSignOut, revokeToken } from "./sign-out.js";
import { getUser } from "./user.js";

/** @import { Answer, Exchange } from "../http/exchange.js" */
/** @import { Pool } from "../pool/pool.js" */

const OPERATIONS = {
  InitiateAuth: initiateAuth,
  RespondToAuthChallenge: respondToAuthChallenge,
  GetTokensFromRefreshToken: getTokensFromRefreshToken,
  RevokeToken: revokeToken,
  GlobalSignOut: globalSignOut,
  GetUser: getUser,
  ConfirmDevice: confirmDevice,
  UpdateDeviceStatus: updateDeviceStatus,
  ForgetDevice: forgetDevice,
};

/**
 * `POST /`, dispatched on X-Amz-Target.
 * @param {Pool} pool
 * @param {Exchange} exchange
 * @param {string} operation
 * @returns {Answer}
 */
export function answerApi(pool, exchange, operation) {
  if (!Object.hasOwn(OPERATIONS, operation))
    return awsError(new ServiceError("UnknownOperationException"));
  const input = parseObject(exchange.body);
  if (!input) return awsError(new ServiceError("SerializationException"));
  const run = OPERATIONS[/** @type {keyof typeof OPERATIONS} */ (operation)];
  try {
    return awsJson(run(pool, input));
  } catch (error) {
    if (error instanceof ServiceError) return awsError(error);
    throw error;
  }
}
