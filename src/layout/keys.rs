//! The names of the keys that a sign-out looks for: the one table of them.
//!
//! `js/keys.js`, for the code that works without an engine, and `docs/keys.md` are made from it:
//! `UPDATE_DOCS=1 cargo test --test core keys_page` (tests/core/keys_page.rs).

/// What the keys of every client begin with: Amplify v5 and v6, amazon-cognito-identity-js.
pub(super) const PREFIX: &str = "CognitoIdentityServiceProvider.";

/// The user who signed in last.
pub(super) const LAST_USER: &str = "LastAuthUser";

/// All users who are signed in, joined by commas.
pub(super) const USER_LIST: &str = "AuthUserList";

/// Whether the hosted UI signed the user in.
pub(super) const OAUTH_SIGN_IN: &str = "oauthSignIn";

/// What stands once for a client, not once for a user.
pub(super) const CLIENT: [&str; 7] = [
    LAST_USER,
    USER_LIST,
    OAUTH_SIGN_IN,
    "oauthPKCE",
    "oauthState",
    "inflightOAuth",
    "inflightOAuthDeadline",
];

/// What stands once for a user, in the order of removal. The refresh token is removed first: an
/// interrupted removal must not leave it, and Amplify's other tabs listen for its removal.
pub(super) const USER: [&str; 11] = [
    "refreshToken",
    "accessToken",
    "idToken",
    "clockDrift",
    "signInDetails",
    "oauthMetadata",
    "userData",
    // It holds the scopes of the hosted UI, under the user's name.
    "tokenScopesString",
    // The remembered device, which outlives sign-outs.
    "deviceKey",
    "deviceGroupKey",
    "randomPasswordKey",
];

/// How many of these are removed with the session.
pub(super) const OF_SESSION: usize = 8;

/// What all keys of oidc-client-ts begin with, unless its stores are made with another prefix.
pub(crate) const OIDC: &str = "oidc.";

/// Left-overs of a sign-in that name no client: Amplify v5's in localStorage and sessionStorage, v6's
/// challenge in sessionStorage, the Next.js adapter's in cookies.
pub(super) const SHARED: [&str; 15] = [
    "amplify-signin-with-hostedUI",
    "amplify-redirected-from-hosted-ui",
    // A sign-up that was to sign in by itself.
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

/// The keys of the guest identity, before and behind the identity pool: Amplify v6's, v5's, and
/// those of the AWS SDK v2.
pub(super) const GUEST: [(&str, &str); 4] = [
    ("com.amplify.Cognito.", ".identityId"),
    ("CognitoIdentityId-", ""),
    ("aws.cognito.identity-id.", ""),
    ("aws.cognito.identity-providers.", ""),
];
