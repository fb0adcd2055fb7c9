// Made from the table in src/error.rs: `UPDATE_DOCS=1 cargo test --test core errors_page`.

/** @typedef {[message: string, recoverySuggestion: string, retryable: boolean]} Texts */

/** @type {Texts} */
export const notConfigured = [
  "No user pool is configured.",
  "Call configure() with your user pool before signOut().",
  false,
];

/** @type {Texts} */
export const configuration = [
  "The configuration is not usable.",
  "Correct the field that the message names.",
  false,
];

/** @type {Texts} */
export const invalidState = [
  "This can't be done here or now.",
  "Call it in a top-level browser page, with a user signed in.",
  false,
];

/** @type {Texts} */
export const notAuthorized = [
  "Cognito refused the token.",
  "The user is signed out here. Check that the client id and the user pool are those that issued the tokens.",
  false,
];

/** @type {Texts} */
export const tokenRevoked = [
  "The token was revoked before.",
  "This session had ended on the server already. There is nothing to retry; sign in again.",
  false,
];

/** @type {Texts} */
export const tokenExpired = [
  "The access token has expired.",
  "The other devices may still be signed in. Sign in again and sign out with global: true.",
  false,
];

/** @type {Texts} */
export const missingScope = [
  "The access token does not have the scope aws.cognito.signin.user.admin.",
  "Allow the scope aws.cognito.signin.user.admin for the app client and request it at sign-in.",
  false,
];

/** @type {Texts} */
export const revocationDisabled = [
  "Token revocation is off for this app client.",
  "Turn on token revocation for the app client, or set tokenRevocation: false in the configuration.",
  false,
];

/** @type {Texts} */
export const deferred = [
  "The refresh token was not revoked yet, so that the global sign-out can be tried again.",
  "Call retry() on the result: it does both.",
  true,
];

/** @type {Texts} */
export const unconfirmed = [
  "The request was sent; its outcome is not known.",
  "Call retry() on the result to be sure.",
  true,
];

/** @type {Texts} */
export const throttled = [
  "Cognito has too many requests.",
  "Wait a moment, then call retry() on the result.",
  true,
];

/** @type {Texts} */
export const network = [
  "Cognito could not be reached.",
  "Check the connection and the page's Content-Security-Policy (connect-src), then call retry() on the result.",
  true,
];

/** @type {Texts} */
export const timeout = [
  "Cognito did not answer in time.",
  "Call retry() on the result, or allow more time with timeoutMs.",
  true,
];

/** @type {Texts} */
export const aborted = [
  "The operation was aborted.",
  "Call it again to retry.",
  true,
];

/** @type {Texts} */
export const userCancelled = [
  "The user closed the sign-out window.",
  'Ask again, or sign out with hostedUI: "redirect".',
  true,
];

/** @type {Texts} */
export const popupBlocked = [
  "The browser blocked the sign-out window.",
  'Call signOut() directly in a click handler, or use hostedUI: "redirect".',
  true,
];

/** @type {Texts} */
export const navigation = [
  "The page could not be left for the hosted UI.",
  "Send the browser to the error's url, or call retry() on the result.",
  true,
];

/** @type {Texts} */
export const redirectNotCompleted = [
  "Cognito did not send the browser back.",
  "Check the allowed sign-out URLs of the app client.",
  true,
];

/** @type {Texts} */
export const storage = [
  "The tokens could not be removed from the storage.",
  "The user may still be signed in on this device. Check that the page may use its storage, then sign out again.",
  true,
];

/** @type {Texts} */
export const service = [
  "Cognito could not do what was asked.",
  "Call retry() on the result where it can be retried; else look at the error's service field.",
  false,
];

/** @type {Texts} */
export const moduleUnavailable = [
  "The WebAssembly module could not be loaded.",
  "Allow 'wasm-unsafe-eval' in the page's Content-Security-Policy (script-src), then call retry() on the result.",
  true,
];

/** @type {Texts} */
export const unknown = [
  "Something failed in a way that is not foreseen.",
  "Call retry() on the result; if it happens again, please report it.",
  true,
];

/** @type {Record<import("cognito-signout").AuthErrorCode, Texts>} */
export const CODES = {
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
