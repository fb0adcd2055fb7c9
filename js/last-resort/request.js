// One request to Cognito without the engine.
import { clientIdOf, endpointOf } from "./settings.js";

/**
 * One request without the engine.
 * @param {any} config
 * @param {"RevokeToken" | "GlobalSignOut"} operation
 * @param {object} body
 */
export async function plainRequest(config, operation, body) {
  const answer = await fetch(endpointOf(config), {
    method: "POST",
    headers: {
      "Content-Type": "application/x-amz-json-1.1",
      "X-Amz-Target": `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify(body),
    credentials: "omit",
    redirect: "error",
    keepalive: true,
    signal: AbortSignal.timeout(5000),
  });
  // A captive portal says 200 too.
  const text = await answer.text();
  if (answer.status !== 200 || !/^\s*(\{.*\})?\s*$/s.test(text))
    throw new Error(`HTTP ${answer.status}`);
}

/**
 * @param {any} config
 * @param {string} Token a refresh token
 */
export const revokePlainly = (config, Token) =>
  plainRequest(config, "RevokeToken", { Token, ClientId: clientIdOf(config) });
