/** @import { IssuedTokens } from "../pool/sessions.js" */

/** @param {IssuedTokens & { refreshToken: string | undefined }} issued */
export function authenticationResult(issued) {
  return {
    AccessToken: issued.accessToken,
    ExpiresIn: issued.expiresIn,
    IdToken: issued.idToken,
    ...(issued.refreshToken ? { RefreshToken: issued.refreshToken } : {}),
    TokenType: "Bearer",
  };
}
