/**
 * Signs a user of Amazon Cognito out of a browser app, completely, and says truthfully what
 * happened.
 *
 * ```ts
 * import { configure, signOut } from "cognito-signout";
 *
 * configure({ userPoolId: "eu-west-1_AbCdEfGhI", userPoolClientId: "1example23456789" });
 * const result = await signOut(); // never rejects
 * if (result.status === "partial") await result.retry?.();
 * ```
 *
 * @packageDocumentation
 */

import * as home from "./home.js";
import type {
  ClickEventLike,
  Client,
  Config,
  MenuEventLike,
  PreloadOptions,
  ReturnedSignOutResult,
  SignedOutEvent,
  SignOutOptions,
  SignOutResult,
  Tokens,
  TokensInput,
} from "./types.js";

export { AuthError, isAuthError } from "./errors.js";
export type * from "./types.js";

/**
 * Sets the client that the functions of this module use.
 *
 * Configured again, the client takes the new configuration, and a sign-out under way ends under
 * the old one. Where a page holds several copies of this package (several bundles, or ES module
 * and CommonJS), each copy that is configured has a client of its own; one that never is uses the
 * client of the copy that was configured first.
 *
 * Calls made before the promise settles queue behind it, so it need not be awaited. On a server it
 * keeps the configuration and does no more.
 *
 * @param config - the package's own shape, `amplify_outputs.json`, Amplify's `ResourcesConfig`,
 * `aws-exports` or the settings of oidc-client-ts
 * @returns resolves when the configuration is valid and the module is ready
 * @throws {@link AuthError} `configuration`, naming the field in the shape that was given;
 * `moduleUnavailable`, and then the configuration is kept and {@link signOut} works
 */
export function configure(config: Config): Promise<void> {
  return home.configure(config);
}

/**
 * Makes the WebAssembly module ready ahead of time, so that the first {@link signOut} need not
 * wait for it.
 *
 * @throws {@link AuthError} `moduleUnavailable`
 */
export function preload(options?: PreloadOptions): Promise<void> {
  return home.preload(options);
}

/**
 * Makes the same functions for one more client: another user pool, app client or storage.
 * {@link Client.dispose} ends it.
 *
 * An invalid configuration shows as with {@link configure}: each function rejects, or fails, with
 * that AuthError.
 */
export function createClient(config: Config): Client {
  return home.createClient(config);
}

/**
 * Stores a session where Amplify v6 and this package look for it.
 *
 * @param tokens - the package's own form, OAuth's token response (RFC 6749, section 5.1), or
 * Cognito's `AuthenticationResult`, bare or within its answer
 * @throws {@link AuthError} `configuration` if a token is missing, or is not a JWT of this client
 * (`client_id`, `aud`); `tokenRevoked` for a session that was signed out before; `storage`;
 * `notConfigured`; `invalidState` on a server; `moduleUnavailable`
 */
export function storeTokens(tokens: TokensInput): Promise<void> {
  return home.functions().storeTokens(tokens);
}

/**
 * Reads the stored session.
 *
 * @returns the tokens as they are, expired or not, or `null` when signed out and on a server
 * @throws {@link AuthError} `storage`; `notConfigured`; `moduleUnavailable`
 */
export function loadTokens(): Promise<Tokens | null> {
  return home.functions().loadTokens();
}

/**
 * Gets new tokens with the refresh token and stores them. One refresh runs at a time over all
 * tabs, and rotation is honoured. What a library keeps in addition to the tokens stays as it is. A
 * session of oidc-client-ts is refused: that library refreshes it.
 *
 * When told `tokenRevoked` the session stays stored, and the app decides.
 *
 * @throws {@link AuthError} `invalidState` when signed out; `tokenRevoked`; `network`, `throttled`
 * and the other codes of a request
 * @see Amazon Cognito API reference, "GetTokensFromRefreshToken"; developer guide, "Refresh
 * tokens" (rotation)
 */
export function refreshTokens(): Promise<Tokens> {
  return home.functions().refreshTokens();
}

/**
 * Signs the user out: first the stored tokens go, then the server is told, then the hosted UI's
 * session ends where one is due.
 *
 * Never rejects and never hangs, whatever the server does. With a synchronous storage, and
 * {@link configure} resolved, the tokens are out of the storage when the call returns its promise
 * (with `hostedUI: "popup"` when the popup has ended). Without a redirect it settles within
 * `timeoutMs` + 100 ms while the page is visible; with one, within 31 s.
 *
 * It may be given as an event handler: `<button onClick={signOut}>`. An event counts as no
 * options, and so do `null` and an object that holds an event, as the menus of Ant Design and
 * PrimeReact hand it over.
 *
 * Access and ID tokens are JWTs: whoever verifies them offline takes them until they expire, after
 * any sign-out.
 *
 * @see Amazon Cognito API reference, "RevokeToken", "GlobalSignOut"; developer guide, "Ending user
 * sessions with token revocation", "The managed login sign-out endpoint: /logout"
 */
export function signOut(
  options?: SignOutOptions | ClickEventLike | MenuEventLike | null,
): Promise<SignOutResult> {
  return home.functions().signOut(options);
}

/**
 * Gives the result of the sign-out that left the page, after the hosted UI has sent the user back.
 *
 * Every call in one document gives the same object (React runs effects twice); `null` where no
 * sign-out left the page, after a reload, while a sign-out is pending, and on a server. The record
 * is kept for 10 minutes, or until {@link storeTokens}.
 *
 * `complete` only where the browser shows that the hosted UI sent it back; `hostedUIError` with
 * `redirectNotCompleted` where it shows the contrary, and with `unconfirmed` where nothing shows
 * either: another navigation replaced ours, or the address was typed.
 */
export function takeSignOutResult(): Promise<ReturnedSignOutResult | null> {
  return home.functions().takeSignOutResult();
}

/**
 * Whether a sign-out is under way, for route guards: start no sign-in while it is `true`.
 *
 * Synchronous, needs no module. `true` in every tab of the origin from the local clear until the
 * promise settles; with a redirect until {@link configure} or this function runs in the tab that
 * left, after its return, or 30 s after the navigation began; with a popup from its opening, in
 * the opening tab alone.
 */
export function isSigningOut(): boolean {
  return home.functions().isSigningOut();
}

/**
 * Calls the listener when the user was signed out, by this tab or another one: once per sign-out,
 * on `complete` and `partial`.
 *
 * @returns the unsubscriber; on a server, a function that does nothing
 */
export function onSignedOut(
  listener: (event: SignedOutEvent) => void,
): () => void {
  return home.onSignedOut(listener);
}

/**
 * Revokes one refresh token, and with it the access tokens made from it. The escape hatch, to
 * retry by hand.
 *
 * @param refreshToken - as found in {@link RevokeTokenError.refreshToken}
 * @throws {@link AuthError} `revocationDisabled`, `throttled`, `network`, `service`;
 * `configuration` if it is not a token; `notConfigured`
 * @see Amazon Cognito API reference, "RevokeToken"; RFC 7009, section 2
 */
export function revokeToken(refreshToken: string): Promise<void> {
  return home.functions().revokeToken(refreshToken);
}

/**
 * Ends all sessions of a user on all devices. The escape hatch, to retry by hand.
 *
 * @param accessToken - unexpired, with the scope `aws.cognito.signin.user.admin`; as found in
 * {@link GlobalSignOutError.accessToken}
 * @throws {@link AuthError} `tokenExpired`, `tokenRevoked`, `missingScope`, `notAuthorized`,
 * `throttled`, `network`, `service`; `configuration` if it is not a token; `notConfigured`
 * @see Amazon Cognito API reference, "GlobalSignOut"
 */
export function globalSignOut(accessToken: string): Promise<void> {
  return home.functions().globalSignOut(accessToken);
}
