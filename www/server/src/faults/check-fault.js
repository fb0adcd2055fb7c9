import { validateHeaderName, validateHeaderValue } from "node:http";

import {
  checkBoolean,
  checkInteger,
  checkObject,
  checkText,
} from "../pool/check.js";

/** @import { Fault } from "../types.d.ts" */

export const OPERATIONS = [
  "InitiateAuth",
  "RespondToAuthChallenge",
  "GetTokensFromRefreshToken",
  "RevokeToken",
  "GlobalSignOut",
  "GetUser",
  "ConfirmDevice",
  "UpdateDeviceStatus",
  "ForgetDevice",
];
const PATHS = [
  "/oauth2/authorize",
  "/oauth2/token",
  "/oauth2/revoke",
  "/oauth2/userInfo",
  "/login",
  "/logout",
];
export const FAULTABLE = [...OPERATIONS, ...PATHS, "preflight", "*"];

const FIELDS = [
  "operation",
  "clientId",
  "times",
  "latencyMs",
  "answerDelayMs",
  "processed",
  "answer",
  "silence",
  "drop",
  "slowBody",
  "cutBody",
  "noCors",
];

/** @param {unknown} value */
function checkAnswer(value) {
  const answer = checkObject(value, "fault's answer", [
    "type",
    "message",
    "status",
    "headers",
    "body",
  ]);
  if (answer["type"] !== undefined && !/^\w+$/.test(String(answer["type"])))
    throw new TypeError('"answer.type" must be the name of an error type.');
  if (answer["message"] !== undefined)
    checkText(answer["message"], "answer.message");
  if (
    answer["status"] !== undefined &&
    checkInteger(answer["status"], "answer.status", 200) > 599
  )
    throw new TypeError('"answer.status" must be at most 599.');
  if (answer["body"] !== undefined && typeof answer["body"] !== "string")
    throw new TypeError('"answer.body" must be a string.');
  checkHeaders({ "x-amzn-errormessage": answer["message"] ?? "" });
  checkHeaders(Object(answer["headers"] ?? {}));
}

/** @param {Record<string, unknown>} headers */
function checkHeaders(headers) {
  for (const [name, value] of Object.entries(headers))
    try {
      if (typeof value !== "string") throw new TypeError();
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      throw new TypeError(`The answer's header "${name}" can't be sent.`);
    }
}

/** @param {unknown} value @returns {Fault} @throws {TypeError} of one sentence */
export function checkFault(value) {
  const fault = checkObject(value, "fault", FIELDS);
  const operation = checkText(fault["operation"], "operation");
  if (!FAULTABLE.includes(operation))
    throw new TypeError(`"operation" must be one of ${FAULTABLE.join(", ")}.`);
  if (fault["clientId"] !== undefined) checkText(fault["clientId"], "clientId");
  if (operation === "preflight" && fault["clientId"] !== undefined)
    throw new TypeError('A preflight names no client: leave out "clientId".');
  if (fault["times"] !== undefined) checkInteger(fault["times"], "times", 1);
  for (const field of ["latencyMs", "answerDelayMs", "cutBody"])
    if (fault[field] !== undefined) checkInteger(fault[field], field, 0);
  for (const field of ["processed", "silence", "drop", "noCors"])
    if (fault[field] !== undefined) checkBoolean(fault[field], field);
  const instead = ["answer", "silence", "drop"].filter((field) => fault[field]);
  if (instead.length > 1)
    throw new TypeError(`A fault can't have both ${instead.join(" and ")}.`);
  if (fault["processed"] !== undefined && instead.length === 0)
    throw new TypeError('"processed" goes with answer, silence or drop.');
  if (fault["answer"] !== undefined) checkAnswer(fault["answer"]);
  if (fault["slowBody"] !== undefined) {
    const slow = checkObject(fault["slowBody"], "slowBody", [
      "bytes",
      "everyMs",
    ]);
    checkInteger(slow["bytes"], "slowBody.bytes", 1);
    checkInteger(slow["everyMs"], "slowBody.everyMs", 0);
  }
  return /** @type {Fault} */ (/** @type {unknown} */ (fault));
}
