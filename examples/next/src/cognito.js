// The server's side: what only the server asks Cognito.
import { config } from "./config.js";

/** The attributes of both cookies: no script sees them, and no other site's POST carries them. */
export const COOKIE = { httpOnly: true, secure: true, sameSite: "lax" };

/** The refresh token goes to these routes alone. */
export const REFRESH_PATH = "/auth";

/**
 * One call of Cognito's API.
 * @param {string} operation
 * @param {object} body
 * @returns {Promise<object>} its answer
 */
export async function cognito(operation, body) {
  const answer = await fetch(config.userPoolEndpoint, {
    method: "POST",
    headers: {
      "Content-Type": "application/x-amz-json-1.1",
      "X-Amz-Target": `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify(body),
    cache: "no-store",
    signal: AbortSignal.timeout(5000),
  });
  const text = await answer.text();
  // RevokeToken answers with nothing.
  const json = text ? JSON.parse(text) : {};
  if (!answer.ok) throw new Error(json.message);
  return json;
}
