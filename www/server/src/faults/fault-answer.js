import { awsError, awsHeaders } from "../http/exchange.js";
import { ServiceError } from "../pool/service-error.js";

/** @import { FaultAnswer } from "../types.d.ts" */
/** @import { Answer } from "../http/exchange.js" */

/** The answer that a fault gives in place of the true one. @param {FaultAnswer} wanted @returns {Answer} */
export function faultAnswer({ type, message, status, headers, body }) {
  const answer =
    type === undefined
      ? { status: status ?? 200, headers: awsHeaders(), body: "" }
      : awsError(new ServiceError(type, message), status);
  return {
    status: answer.status,
    headers: headers ?? answer.headers,
    body: body ?? answer.body,
  };
}
