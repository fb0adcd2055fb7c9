// What an app's sign-in does, by hand: the package under show here only signs out.

import type { CognitoAuthenticationResult } from "cognito-signout";

export const origin: string =
  (import.meta.env["VITE_COGNITO_ORIGIN"] as string | undefined) ??
  "http://localhost:9229";

/** Cognito said no, or nothing. */
export class CognitoError extends Error {
  constructor(
    readonly type: string,
    message: string,
  ) {
    super(message);
  }
}

/** One call of the JSON API. */
export async function call(
  operation: string,
  input: object,
): Promise<Record<string, unknown>> {
  const response = await fetch(`${origin}/`, {
    method: "POST",
    credentials: "omit",
    headers: {
      "Content-Type": "application/x-amz-json-1.1",
      "X-Amz-Target": `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify(input),
  }).catch(() => {
    throw new CognitoError("NetworkError", "The local Cognito did not answer.");
  });
  const body = (await response.json().catch(() => ({}))) as Record<
    string,
    unknown
  >;
  if (response.ok) return body;
  const type = String(body["__type"] ?? response.status);
  throw new CognitoError(
    type,
    String(body["message"] ?? body["Message"] ?? type),
  );
}

/** Signs in by user name and password. */
export async function signInWithPassword(
  clientId: string,
  username: string,
  password: string,
): Promise<CognitoAuthenticationResult> {
  const answer = await call("InitiateAuth", {
    AuthFlow: "USER_PASSWORD_AUTH",
    ClientId: clientId,
    AuthParameters: { USERNAME: username, PASSWORD: password },
  });
  if (answer["AuthenticationResult"]) {
    return answer["AuthenticationResult"] as CognitoAuthenticationResult;
  }
  throw new CognitoError(
    String(answer["ChallengeName"]),
    "This user needs a second factor, which this page does not ask for.",
  );
}

/** What the server says of a session. */
export type Verdict =
  | { accepted: true; detail: string }
  | { accepted: false; detail: string }
  | { accepted: undefined; detail: string };

/** Asks the server, with GetUser, whether it still takes the access token. */
export async function checkWithGetUser(accessToken: string): Promise<Verdict> {
  try {
    await call("GetUser", { AccessToken: accessToken });
    return { accepted: true, detail: "GetUser: OK" };
  } catch (error) {
    const { type, message } = error as CognitoError;
    return type === "NotAuthorizedException"
      ? { accepted: false, detail: `GetUser: ${message}` }
      : { accepted: undefined, detail: message };
  }
}

/** The SHA-256 of a text. */
export async function sha256(text: string): Promise<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** The claims of a JWT, unverified. */
export function claims(jwt: string): Record<string, unknown> {
  try {
    const payload = (jwt.split(".")[1] ?? "")
      .replace(/-/g, "+")
      .replace(/_/g, "/");
    const bytes = Uint8Array.from(atob(payload), (c) => c.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes)) as Record<
      string,
      unknown
    >;
  } catch {
    return {};
  }
}

/** A token as it may be shown. */
export function shortened(token: string): string {
  return token.length > 20 ? `${token.slice(0, 6)}…${token.slice(-4)}` : "…";
}
