// Made from the table in src/error.rs: `UPDATE_DOCS=1 cargo test --test core errors_page`.

import type { AuthErrorCode } from "./types.js";

export type Texts = [
  message: string,
  recoverySuggestion: string,
  retryable: boolean,
];

export const notConfigured: Texts = [
  "No user pool is configured.",
  "Call configure() with your user pool before signOut().",
  false,
];

export const configuration: Texts = [
  "The configuration is not usable.",
  "Correct the field that the message names.",
  false,
];

export const invalidState: Texts = [
  "This can't be done here or now.",
  "Call it in a top-level browser page, with a user signed in.",
  false,
];

export const notAuthorized: Texts = [
  "Cognito refused the token.",
  "The user is signed out here. Check that the client id and the user pool are those that issued the tokens.",
  false,
];

export const tokenRevoked: Texts = [
  "The token was revoked before.",
  "This session had ended on the server already. There is nothing to retry; sign in again.",
  false,
];

export const tokenExpired: Texts = [
  "The access token has expired.",
  "The other devices may still be signed in. Sign in again and sign out with global: true.",
  false,
];

export const missingScope: Texts = [
  "The access token does not have the scope aws.cognito.signin.user.admin.",
  "Allow the scope aws.cognito.signin.user.admin for the app client and request it at sign-in.",
  false,
];

export const revocationDisabled: Texts = [
  "Token revocation is off for this app client.",
  "Turn on token revocation for the app client, or set tokenRevocation: false in the configuration.",
  false,
];

export const deferred: Texts = [
  "The refresh token was not revoked yet, so that the global sign-out can be tried again.",
  "Call retry() on the result: it does both.",
  true,
];

export const unconfirmed: Texts = [
  "The request was sent; its outcome is not known.",
  "Call retry() on the result to be sure.",
  true,
];

export const throttled: Texts = [
  "Cognito has too many requests.",
  "Wait a moment, then call retry() on the result.",
  true,
];

export const network: Texts = [
  "Cognito could not be reached.",
  "Check the connection and the page's Content-Security-Policy (connect-src), then call retry() on the result.",
  true,
];

export const timeout: Texts = [
  "Cognito did not answer in time.",
  "Call retry() on the result, or allow more time with timeoutMs.",
  true,
];

export const aborted: Texts = [
  "The operation was aborted.",
  "Call it again to retry.",
  true,
];

export const userCancelled: Texts = [
  "The user closed the sign-out window.",
  'Ask again, or sign out with hostedUI: "redirect".',
  true,
];

export const popupBlocked: Texts = [
  "The browser blocked the sign-out window.",
  'Call signOut() directly in a click handler, or use hostedUI: "redirect".',
  true,
];

export const navigation: Texts = [
  "The page could not be left for the hosted UI.",
  "Send the browser to the error's url, or call retry() on the result.",
  true,
];

export const redirectNotCompleted: Texts = [
  "Cognito did not send the browser back.",
  "Check the allowed sign-out URLs of the app client.",
  true,
];

export const storage: Texts = [
  "The tokens could not be removed from the storage.",
  "The user may still be signed in on this device. Check that the page may use its storage, then sign out again.",
  true,
];

export const service: Texts = [
  "Cognito could not do what was asked.",
  "Call retry() on the result where it can be retried; else look at the error's service field.",
  false,
];

export const moduleUnavailable: Texts = [
  "The WebAssembly module could not be loaded.",
  "Call retry() on the result, and reload the page if it fails again. Check that the package's scripts are deployed, and allowed by the Content-Security-Policy (script-src).",
  true,
];

export const unknown: Texts = [
  "Something failed in a way that is not foreseen.",
  "Call retry() on the result; if it happens again, please report it.",
  true,
];

export const CODES: Record<AuthErrorCode, Texts> = {
  notConfigured,
  configuration,
  invalidState,
  notAuthorized,
  tokenRevoked,
  tokenExpired,
  missingScope,
  revocationDisabled,
  deferred,
  unconfirmed,
  throttled,
  network,
  timeout,
  aborted,
  userCancelled,
  popupBlocked,
  navigation,
  redirectNotCompleted,
  storage,
  service,
  moduleUnavailable,
  unknown,
};
