import { cookies } from "next/headers";
import { config } from "../../../src/config";

const { userPoolClientId, userPoolEndpoint } = config.Auth.Cognito;
const PREFIX = `CognitoIdentityServiceProvider.${userPoolClientId}.`;

/** Revokes a refresh token, and with it the access tokens that were made from it. */
async function revoke(Token: string) {
  const answer = await fetch(userPoolEndpoint, {
    method: "POST",
    headers: {
      "Content-Type": "application/x-amz-json-1.1",
      "X-Amz-Target": "AWSCognitoIdentityProviderService.RevokeToken",
    },
    body: JSON.stringify({ ClientId: userPoolClientId, Token }),
    cache: "no-store",
    signal: AbortSignal.timeout(5000),
  });
  if (!answer.ok) throw new Error((await answer.json()).message);
}

/**
 * The server's half of a sign-out: it removes the session's cookies, also those that no script sees,
 * and revokes the refresh tokens in them.
 */
export async function POST() {
  const jar = await cookies();
  const session = jar.getAll().filter(({ name }) => name.startsWith(PREFIX));
  for (const { name } of session) jar.delete(name);
  const revocations = session
    .filter(({ name }) => name.endsWith(".refreshToken"))
    .map(({ value }) => revoke(value));
  let revoked = true;
  for (const outcome of await Promise.allSettled(revocations))
    if (outcome.status === "rejected") {
      console.warn("RevokeToken:", outcome.reason);
      revoked = false;
    }
  return Response.json({ revoked });
}
