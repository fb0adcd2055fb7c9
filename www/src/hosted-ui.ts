// Sign-in through the hosted UI: authorization code with PKCE (RFC 6749, section 4.1; RFC 7636), by hand.
import type { OAuthTokenResponse } from "cognito-signout";
import { CognitoError, origin, sha256 } from "./cognito.js";

const PENDING = "demo.hosted-ui";

interface Pending {
  state: string;
  verifier: string;
}

/** The address that the hosted UI sends the user back to, and the one it is registered under. */
export const pageUrl = new URL("/", location.href).href;

/** Leaves for the hosted UI's sign-in page. */
export async function goToSignIn(clientId: string): Promise<void> {
  const pending: Pending = { state: random(), verifier: random() };
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  const query = new URLSearchParams({
    response_type: "code",
    client_id: clientId,
    redirect_uri: pageUrl,
    scope: "openid email aws.cognito.signin.user.admin",
    state: pending.state,
    code_challenge: base64url(await sha256(pending.verifier)),
    code_challenge_method: "S256",
  });
  location.assign(`${origin}/oauth2/authorize?${query}`);
}

/** Finishes a sign-in if the address says that the hosted UI has sent the user back, and cleans the address. */
export async function finishSignIn(
  clientId: string,
): Promise<OAuthTokenResponse | null> {
  const query = new URLSearchParams(location.search);
  const code = query.get("code");
  if (!code && !query.has("error")) return null;
  history.replaceState(null, "", pageUrl);

  const pending = JSON.parse(
    sessionStorage.getItem(PENDING) ?? "null",
  ) as Pending | null;
  sessionStorage.removeItem(PENDING);
  if (!code)
    throw new CognitoError(
      "OAuth",
      query.get("error_description") ?? "The hosted UI refused.",
    );
  if (pending?.state !== query.get("state")) {
    throw new CognitoError(
      "OAuth",
      "This sign-in was not started in this tab. Start it again.",
    );
  }
  const response = await fetch(`${origin}/oauth2/token`, {
    method: "POST",
    credentials: "omit",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      client_id: clientId,
      redirect_uri: pageUrl,
      code,
      code_verifier: pending?.verifier ?? "",
    }),
  }).catch(() => undefined);
  if (!response?.ok)
    throw new CognitoError(
      "OAuth",
      "The hosted UI's code could not be redeemed. Start again.",
    );
  return (await response.json()) as OAuthTokenResponse;
}

function random(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");
}
