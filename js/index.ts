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

import {
  functions,
  onSignedOut as listen,
  ownClient,
  supplied,
} from "./home.js";
import { isServer } from "./page.js";
import type {
  AmplifyConfig,
  AnyShape,
  ClickEventLike,
  Client,
  CognitoConfig,
  Config,
  LibraryConfig,
  MenuEventLike,
  OidcClientConfig,
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
 * @param config - the package's own shape, or what {@link fromAmplify} or
 * {@link fromOidcSettings} gives
 * @returns resolves when the configuration is valid and the module is ready
 * @throws {@link AuthError} `configuration`, naming the field in the shape that was given;
 * `moduleUnavailable`, and then the configuration is kept and {@link signOut} works
 * @example
 * ```ts
 * import { configure } from "cognito-signout";
 *
 * configure({
 *   userPoolId: "eu-west-1_AbCdEfGhI",
 *   userPoolClientId: "1example23456789",
 *   hostedUI: {
 *     domain: "example.auth.eu-west-1.amazoncognito.com",
 *     redirectSignOut: "https://app.example.com/",
 *   },
 * }).catch(console.error);
 * ```
 */
export function configure(config: CognitoConfig): Promise<void>;
/**
 * The same with what {@link fromAmplify} and {@link fromOidcSettings} give, and with the shapes of
 * these libraries as they are: `amplify_outputs.json`, Amplify's `ResourcesConfig`, `aws-exports`,
 * v5's, the settings of oidc-client-ts.
 *
 * @example
 * ```ts
 * import { Amplify } from "aws-amplify";
 * import { configure } from "cognito-signout";
 *
 * configure(Amplify.getConfig()).catch(console.error);
 * ```
 */
export function configure<Shape extends Config = never>(
  config: Shape & AnyShape<Shape>,
): Promise<void>;
export function configure(config: unknown): Promise<void> {
  return ownClient().configure(config);
}

/**
 * A configuration of Amplify, for {@link configure} and {@link createClient}: `amplify_outputs.json`,
 * the `ResourcesConfig` of v6, `aws-exports`, or what v5 takes. The package's own settings may be
 * spread into it.
 *
 * It gives back what it gets: the shape is understood as it is. Its type is short, so that an
 * editor completes the package's own settings.
 *
 * @example
 * ```ts
 * import { configure, fromAmplify } from "cognito-signout";
 * import outputs from "./amplify_outputs.json";
 *
 * configure({ ...fromAmplify(outputs), storage: "session" }).catch(console.error);
 * ```
 */
export function fromAmplify(config: AmplifyConfig): LibraryConfig {
  return config as unknown as LibraryConfig;
}

/**
 * The settings of oidc-client-ts or react-oidc-context, for {@link configure} and
 * {@link createClient}. Set `hostedUI` in addition, since no document names Cognito's `/logout`.
 *
 * It gives back what it gets, as {@link fromAmplify} does.
 *
 * @example
 * ```ts
 * import { configure, fromOidcSettings } from "cognito-signout";
 *
 * const settings = {
 *   authority: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI",
 *   client_id: "1example23456789",
 *   redirect_uri: "https://app.example.com/",
 *   post_logout_redirect_uri: "https://app.example.com/",
 * };
 * const hostedUI = { domain: "example.auth.eu-west-1.amazoncognito.com" };
 * configure(fromOidcSettings({ ...settings, hostedUI })).catch(console.error);
 * ```
 */
export function fromOidcSettings(settings: OidcClientConfig): LibraryConfig {
  return settings as unknown as LibraryConfig;
}

/**
 * Makes the WebAssembly module ready ahead of time, so that the first {@link signOut} need not
 * wait for it.
 *
 * @throws {@link AuthError} `moduleUnavailable`
 * @example
 * ```ts
 * import { preload } from "cognito-signout";
 *
 * requestIdleCallback(() => void preload({ fallback: true }).catch(() => {}));
 * ```
 */
export async function preload(options?: PreloadOptions): Promise<void> {
  if (isServer()) return;
  const driver = await supplied().load();
  if (options?.fallback) await driver.loadFallback();
}

/**
 * Makes the same functions for one more client: another user pool, app client or storage.
 * {@link Client.dispose} ends it.
 *
 * An invalid configuration shows as with {@link configure}: each function rejects, or fails, with
 * that AuthError.
 *
 * @example
 * ```ts
 * import { createClient } from "cognito-signout";
 *
 * const admin = createClient({
 *   userPoolId: "eu-west-1_ZyXwVuTsR",
 *   userPoolClientId: "9example87654321",
 *   storage: "session",
 * });
 * const result = await admin.signOut();
 * ```
 */
export function createClient(config: CognitoConfig): Client;
/**
 * The same with the shapes of Amplify and oidc-client-ts as they are.
 *
 * @example
 * ```ts
 * import { createClient } from "cognito-signout";
 * import outputs from "./amplify_outputs.json";
 *
 * const client = createClient(outputs);
 * ```
 */
export function createClient<Shape extends Config = never>(
  config: Shape & AnyShape<Shape>,
): Client;
export function createClient(config: unknown): Client {
  const client = supplied().another(true);
  void client.configure(config);
  return { ...client.functions, dispose: () => client.dispose() };
}

/**
 * Stores a session where Amplify v6 and this package look for it.
 *
 * @param tokens - the package's own form, OAuth's token response (RFC 6749, section 5.1), or
 * Cognito's `AuthenticationResult`, bare or within its answer
 * @throws {@link AuthError} `configuration` if a token is missing, or is not a JWT of this client
 * (`client_id`, `aud`); `tokenRevoked` for a session that was signed out before; `storage`;
 * `notConfigured`; `invalidState` on a server; `moduleUnavailable`
 * @example
 * ```ts
 * import { storeTokens } from "cognito-signout";
 *
 * declare const answer: Response; // of https://<domain>/oauth2/token
 * await storeTokens(await answer.json());
 * ```
 */
export function storeTokens(tokens: TokensInput): Promise<void> {
  return functions().storeTokens(tokens);
}

/**
 * Reads the stored session.
 *
 * @returns the tokens as they are, expired or not, or `null` when signed out and on a server
 * @throws {@link AuthError} `storage`; `notConfigured`; `moduleUnavailable`
 * @example
 * ```ts
 * import { loadTokens } from "cognito-signout";
 *
 * const tokens = await loadTokens();
 * if (!tokens) location.assign("/sign-in");
 * ```
 */
export function loadTokens(): Promise<Tokens | null> {
  return functions().loadTokens();
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
 * @example
 * ```ts
 * import { isAuthError, refreshTokens } from "cognito-signout";
 *
 * try {
 *   const { accessToken } = await refreshTokens();
 *   await fetch("/api", { headers: { Authorization: `Bearer ${accessToken}` } });
 * } catch (error) {
 *   if (isAuthError(error) && error.code === "tokenRevoked") location.assign("/sign-in");
 * }
 * ```
 */
export function refreshTokens(): Promise<Tokens> {
  return functions().refreshTokens();
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
 * @example
 * ```ts
 * import { signOut } from "cognito-signout";
 * import { describe } from "cognito-signout/describe";
 *
 * let result = await signOut({ global: true });
 * if (result.status === "partial" && result.retry) result = await result.retry();
 * document.body.append(describe(result));
 * ```
 */
export function signOut(
  options?: SignOutOptions | null,
): Promise<SignOutResult>;
/**
 * The same as an event handler: the event counts as no options.
 *
 * @example
 * ```ts
 * import { signOut } from "cognito-signout";
 *
 * document.querySelector("#sign-out")?.addEventListener("click", signOut);
 * ```
 */
export function signOut<Event extends ClickEventLike | MenuEventLike>(
  options?: SignOutOptions | Event | null,
): Promise<SignOutResult>;
export function signOut(options?: unknown): Promise<SignOutResult> {
  return functions().signOut(options as SignOutOptions);
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
 *
 * @example
 * ```ts
 * import { takeSignOutResult } from "cognito-signout";
 * import { describe } from "cognito-signout/describe";
 *
 * const result = await takeSignOutResult();
 * if (result) document.body.append(describe(result));
 * ```
 */
export function takeSignOutResult(): Promise<ReturnedSignOutResult | null> {
  return functions().takeSignOutResult();
}

/**
 * Whether a sign-out is under way, for route guards: start no sign-in while it is `true`.
 *
 * Synchronous, needs no module. `true` in every tab of the origin from the local clear until the
 * promise settles; with a redirect until {@link configure} or this function runs in the tab that
 * left, after its return, or 30 s after the navigation began; with a popup from its opening, in
 * the opening tab alone.
 *
 * @example
 * ```ts
 * import { isSigningOut, loadTokens } from "cognito-signout";
 *
 * async function guard() {
 *   if (!isSigningOut() && !(await loadTokens())) location.assign("/sign-in");
 * }
 * await guard();
 * ```
 */
export function isSigningOut(): boolean {
  return functions().isSigningOut();
}

/**
 * Calls the listener when the user was signed out, by this tab or another one: once per sign-out,
 * on `complete` and `partial`.
 *
 * @returns the unsubscriber; on a server, a function that does nothing
 * @example
 * ```ts
 * import { onSignedOut } from "cognito-signout";
 *
 * const stop = onSignedOut(({ redirecting }) => {
 *   if (!redirecting) location.assign("/goodbye");
 * });
 * ```
 */
export function onSignedOut(
  listener: (event: SignedOutEvent) => void,
): () => void {
  return listen(listener);
}

/**
 * Revokes one refresh token, and with it the access tokens made from it. The escape hatch, to
 * retry by hand.
 *
 * @param refreshToken - as found in {@link RevokeTokenError.refreshToken}
 * @throws {@link AuthError} `revocationDisabled`, `throttled`, `network`, `service`;
 * `configuration` if it is not a token; `notConfigured`
 * @see Amazon Cognito API reference, "RevokeToken"; RFC 7009, section 2
 * @example
 * ```ts
 * import { revokeToken, signOut } from "cognito-signout";
 *
 * const result = await signOut();
 * const token = result.status === "partial" && result.revokeTokenError?.refreshToken;
 * if (token) await revokeToken(token);
 * ```
 */
export function revokeToken(refreshToken: string): Promise<void> {
  return functions().revokeToken(refreshToken);
}

/**
 * Ends all sessions of a user on all devices. The escape hatch, to retry by hand.
 *
 * @param accessToken - unexpired, with the scope `aws.cognito.signin.user.admin`; as found in
 * {@link GlobalSignOutError.accessToken}
 * @throws {@link AuthError} `tokenExpired`, `tokenRevoked`, `missingScope`, `notAuthorized`,
 * `throttled`, `network`, `service`; `configuration` if it is not a token; `notConfigured`
 * @see Amazon Cognito API reference, "GlobalSignOut"
 * @example
 * ```ts
 * import { globalSignOut, loadTokens } from "cognito-signout";
 *
 * const tokens = await loadTokens();
 * if (tokens) await globalSignOut(tokens.accessToken);
 * ```
 */
export function globalSignOut(accessToken: string): Promise<void> {
  return functions().globalSignOut(accessToken);
}
