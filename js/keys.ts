// Made from the table in src/layout/keys.rs: `UPDATE_DOCS=1 cargo test --test core keys_page`.

export const PREFIX = "CognitoIdentityServiceProvider.";
export const LAST_USER = "LastAuthUser";
export const USER_LIST = "AuthUserList";
export const OIDC = "oidc.";
export const CLIENT = [
  "LastAuthUser",
  "AuthUserList",
  "oauthSignIn",
  "oauthPKCE",
  "oauthState",
  "inflightOAuth",
  "inflightOAuthDeadline",
];
export const SESSION = [
  "refreshToken",
  "accessToken",
  "idToken",
  "clockDrift",
  "signInDetails",
  "oauthMetadata",
  "userData",
  "tokenScopesString",
];
export const DEVICE = ["deviceKey", "deviceGroupKey", "randomPasswordKey"];
export const SHARED = [
  "amplify-signin-with-hostedUI",
  "amplify-redirected-from-hosted-ui",
  "amplify-auto-sign-in",
  "amplify-polling-started",
  "aws-amplify-federatedInfo",
  "oauth_state",
  "ouath_pkce_key",
  "CognitoSignInState.username",
  "CognitoSignInState.challengeName",
  "CognitoSignInState.signInSession",
  "CognitoSignInState.expiry",
  "com.amplify.server_auth.pkce",
  "com.amplify.server_auth.state",
  "com.amplify.server_auth.isSigningOut",
  "com.amplify.server_auth.isSigningOutRedirecting",
];
/** The identity pool stands in place of the star. */
export const GUEST = [
  "com.amplify.Cognito.*.identityId",
  "CognitoIdentityId-*",
  "aws.cognito.identity-id.*",
  "aws.cognito.identity-providers.*",
];
