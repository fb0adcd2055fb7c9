// Signs in by the hosted UI: the authorization code flow with PKCE, for a client without a secret
// (RFC 8252).
import type { OAuthTokenResponse } from "cognito-signout";
import { config } from "./config.js";

/** The link that leads back to the app, registered with the app client as callback URL. */
export const redirectSignIn = "com.example.app://signed-in";

const { domain } = config.hostedUI;
const client_id = config.userPoolClientId;

/** What the link that comes back has to fit. */
let started: { state: string; verifier: string } | undefined;

const text = (bytes: ArrayBuffer) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const random = () => text(crypto.getRandomValues(new Uint8Array(32)).buffer);

/** Where the user signs in. */
export async function authorizeUrl(): Promise<string> {
  started = { state: random(), verifier: random() };
  const verifier = new TextEncoder().encode(started.verifier);
  const url = new URL(`${domain}/oauth2/authorize`);
  url.search = String(
    new URLSearchParams({
      client_id,
      redirect_uri: redirectSignIn,
      response_type: "code",
      scope: "openid aws.cognito.signin.user.admin",
      state: started.state,
      code_challenge: text(await crypto.subtle.digest("SHA-256", verifier)),
      code_challenge_method: "S256",
    }),
  );
  return url.href;
}

/** The tokens for the link that came back; `storeTokens` takes them as they are. */
export async function tokensFor(link: string): Promise<OAuthTokenResponse> {
  const { searchParams } = new URL(link);
  if (!started || searchParams.get("state") !== started.state)
    throw new Error("This is not the answer to the sign-in that was started.");
  const { verifier } = started;
  started = undefined;
  const answer = await fetch(`${domain}/oauth2/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      client_id,
      redirect_uri: redirectSignIn,
      code: searchParams.get("code") ?? "",
      code_verifier: verifier,
    }),
  });
  const tokens = await answer.json();
  if (!answer.ok) throw new Error(tokens.error);
  return tokens;
}
