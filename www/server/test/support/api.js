import { parseObject } from "../../src/http/exchange.js";

/** @import { LocalCognito } from "../../src/types.d.ts" */

export const JANE = "jane.doe@example.com";
export const PASSWORD = "Passw0rd!";

/** @typedef {Awaited<ReturnType<typeof call>>} ApiAnswer */

/**
 * One call of the JSON API, as a browser app makes it.
 * @param {LocalCognito} cognito
 * @param {string} operation
 * @param {Record<string, unknown>} input
 */
export async function call(cognito, operation, input) {
  const response = await fetch(cognito.origin, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify(input),
  });
  const text = await response.text();
  const { headers, status } = response;
  const type = headers.get("x-amzn-errortype");
  const message = headers.get("x-amzn-errormessage");
  /** @type {any} */
  const body = parseObject(text);
  return { status, type, message, text, body, headers };
}

/**
 * @param {LocalCognito} cognito
 * @param {{ username?: string, password?: string, clientId?: string, extra?: Record<string, string> }} [who]
 */
export function passwordSignIn(cognito, who = {}) {
  return call(cognito, "InitiateAuth", {
    AuthFlow: "USER_PASSWORD_AUTH",
    ClientId: who.clientId ?? cognito.clientId,
    AuthParameters: {
      USERNAME: who.username ?? JANE,
      PASSWORD: who.password ?? PASSWORD,
      ...who.extra,
    },
  });
}

/** The claims of a JWT, unverified. @param {string} token @returns {Record<string, any>} */
export function claims(token) {
  const [, body = ""] = token.split(".");
  return JSON.parse(Buffer.from(body, "base64url").toString("utf8"));
}
