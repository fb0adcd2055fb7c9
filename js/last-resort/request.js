// One request to Cognito without the engine.
import { clientIdOf, endpointOf } from "./settings.js";

/** What Cognito says to a token that it does not take: to ask again is of no use. */
export const REFUSED = "HTTP 400";

/**
 * @param {any} config
 * @param {"globalSignOut" | "revokeToken"} call
 * @param {string} token
 */
export async function plainRequest(config, call, token) {
  const isGlobal = call === "globalSignOut";
  const answer = await fetch(endpointOf(config), {
    method: "POST",
    headers: {
      "Content-Type": "application/x-amz-json-1.1",
      "X-Amz-Target": `AWSCognitoIdentityProviderService.${isGlobal ? "GlobalSignOut" : "RevokeToken"}`,
    },
    body: JSON.stringify(
      isGlobal
        ? { AccessToken: token }
        : { Token: token, ClientId: clientIdOf(config) },
    ),
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
