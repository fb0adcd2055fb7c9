// The public types. An app sees them in dist/index.d.ts.
import type { AuthError } from "./errors.js";
import type {
  globalSignOut,
  isSigningOut,
  loadTokens,
  onSignedOut,
  refreshTokens,
  revokeToken,
  signOut,
  storeTokens,
  takeSignOutResult,
} from "./index.js";

/**
 * The functions of this module for one more client. They need no `this` and may be destructured.
 */
export interface Client {
  /** See {@link storeTokens}. */
  readonly storeTokens: typeof storeTokens;
  /** See {@link loadTokens}. */
  readonly loadTokens: typeof loadTokens;
  /** See {@link refreshTokens}. */
  readonly refreshTokens: typeof refreshTokens;
  /** See {@link signOut}. */
  readonly signOut: typeof signOut;
  /** See {@link takeSignOutResult}. */
  readonly takeSignOutResult: typeof takeSignOutResult;
  /** See {@link isSigningOut}. */
  readonly isSigningOut: typeof isSigningOut;
  /** See {@link onSignedOut}. */
  readonly onSignedOut: typeof onSignedOut;
  /** See {@link revokeToken}. */
  readonly revokeToken: typeof revokeToken;
  /** See {@link globalSignOut}. */
  readonly globalSignOut: typeof globalSignOut;
  /**
   * Lets go of what the client holds in the page: its listeners and its channel to other tabs.
   * Stored sessions stay.
   *
   * Calls that are under way end first, as they would have: a sign-out tells the listeners, then
   * all is gone. Called later, {@link Client.signOut | signOut} gives `failed` (`invalidState`),
   * the functions that return another promise reject with `invalidState`,
   * {@link Client.isSigningOut | isSigningOut} is `false` once no sign-out is under way, and
   * {@link Client.onSignedOut | onSignedOut} does nothing. The `retry()` of a result works on. A
   * second `dispose()` does nothing, and no other client notices, even one of the same
   * configuration.
   */
  readonly dispose: () => void;
}

/** Options of {@link preload}. */
export interface PreloadOptions {
  /**
   * Also load the JavaScript build that runs where WebAssembly is off, so that it is in memory
   * when needed. Default `false`.
   */
  fallback?: boolean | undefined;
}

// -------------------------------------------------------------------------------------- sign-out

/**
 * Options of {@link signOut}. An option that is not usable gives `failed` with the code
 * `configuration`, and nothing is touched.
 */
export interface SignOutOptions {
  /**
   * End all of the user's sessions on all devices (GlobalSignOut), not only this one. Default
   * `false`.
   */
  global?: boolean | undefined;
  /**
   * How to end the session of the hosted UI (managed login), which only a page load of its
   * `/logout` can do. Default `"auto"`.
   * - `"auto"`: as `"redirect"` if the session came from the hosted UI, else as `"none"`
   * - `"redirect"`: leave the page for `/logout`, and come back to the redirect URL
   * - `"popup"`: in a popup, before all else; call it directly in a click handler
   * - `"manual"`: not at all; the app follows the result's `logoutUrl`
   * - `"none"`: leave it alive
   */
  hostedUI?: "auto" | "redirect" | "popup" | "manual" | "none" | undefined;
  /**
   * Where the hosted UI sends the user back to. Must equal a configured `redirectSignOut` exactly.
   * Default: one that fits this page.
   */
  redirectUrl?: string | undefined;
  /** Amplify's way to say {@link SignOutOptions.redirectUrl}. */
  oauth?: { redirectUrl?: string | undefined } | undefined;
  /**
   * How to leave the page: for Electron, Cordova, routers, tests. Default `location.assign`. Given
   * 30 s if it returns a promise.
   */
  navigate?: ((url: string) => void | Promise<void>) | undefined;
  /**
   * How long to wait for all that is remote together, in ms. `0`: send one request and don't wait.
   * Default 5000.
   */
  timeoutMs?: number | undefined;
  /** How long the popup may take, in ms. Default 60000. */
  popupTimeoutMs?: number | undefined;
  /**
   * Aborted before the local clear: `failed` (`aborted`), nothing touched. After it: what is
   * remote ends, `partial`.
   */
  signal?: AbortSignal | undefined;
  /**
   * Also forget this remembered device (ForgetDevice) and remove its keys. Default `false`: they
   * stay.
   * @see Amazon Cognito API reference, "ForgetDevice"
   */
  forgetDevice?: boolean | undefined;
  /**
   * Send failed revocations again when the browser is back online, while the page lives. Nothing
   * is written to disk. Default `false`.
   */
  retryWhenOnline?: boolean | undefined;
  /**
   * JSON of at most 2 KB, handed back by {@link takeSignOutResult}: Cognito's `/logout` returns no
   * `state`.
   */
  appState?: unknown;
}

/**
 * An event of the DOM, React, React Aria, Preact, Vue or jQuery: {@link signOut} takes it for no
 * options.
 */
export type ClickEventLike =
  | { preventDefault: () => void }
  | { nativeEvent: unknown }
  | { type: string; target: object };

/**
 * What a menu calls its handler with: an event and more. {@link signOut} takes it for no options.
 */
export type MenuEventLike =
  | { domEvent: ClickEventLike }
  | { originalEvent: ClickEventLike }
  | { originalEvent?: ClickEventLike | undefined; item?: unknown }
  | { event: ClickEventLike };

/**
 * What {@link signOut} resolves with. Narrow it by `status`. No token is in its enumerable
 * properties: it may be logged or posted.
 */
export type SignOutResult = SignOutComplete | SignOutPartial | SignOutFailed;

/**
 * All that was asked for is known to have happened. With a `logoutUrl`: all but the hosted UI's
 * own session, and the browser is on its way there (redirect), or your app must send it there
 * (manual).
 */
export interface SignOutComplete {
  readonly status: "complete";
  /** No token of this client is left in its storage. */
  readonly signedOutLocally: true;
  /**
   * `false`: no session was found. Signed out already, a wrong client id, or cookies that scripts
   * can't see.
   */
  readonly wasSignedIn: boolean;
  /** The hosted UI's `/logout` that ends its session. */
  readonly logoutUrl?: string;
  /** Each step, in the order of its start. */
  readonly steps: SignOutStep[];
}

/**
 * The user is signed out on this device; something beyond it failed, or is not known to have
 * happened. One error at least is set.
 */
export interface SignOutPartial {
  readonly status: "partial";
  /** No token of this client is left in its storage. */
  readonly signedOutLocally: true;
  /**
   * `false`: no session was found. Signed out already, a wrong client id, or cookies that scripts
   * can't see.
   */
  readonly wasSignedIn: boolean;
  /** The refresh token is not known to be revoked. */
  readonly revokeTokenError?: RevokeTokenError;
  /** The user's other sessions are not known to have ended. */
  readonly globalSignOutError?: GlobalSignOutError;
  /** The session of the hosted UI is not known to have ended. */
  readonly hostedUIError?: HostedUIError;
  /** The device is not known to be forgotten. */
  readonly forgetDeviceError?: ForgetDeviceError;
  /** The hosted UI's `/logout` that ends its session. */
  readonly logoutUrl?: string;
  /**
   * Runs what failed again, all of it and nothing else; never touches a session that was stored
   * since. Never rejects. Once per failure: a second call gives what the first one gave. Not
   * enumerable. Call it on a click, not on load.
   *
   * Missing for ten minutes after a retry left this tab for the hosted UI, so that no app can
   * loop; a new session starts afresh. Missing too in the result of a `retry()` that could only hear
   * again what another tab's sign-out came to.
   */
  readonly retry?: () => Promise<SignOutResult>;
  /** Each step, in the order of its start. */
  readonly steps: SignOutStep[];
}

/** Tokens may still be in the storage: the user is to be taken as signed in on this device. */
export interface SignOutFailed {
  readonly status: "failed";
  readonly signedOutLocally: false;
  /** Why. */
  readonly error: AuthError;
  /** The refresh token is not known to be revoked. */
  readonly revokeTokenError?: RevokeTokenError;
  /** The user's other sessions are not known to have ended. */
  readonly globalSignOutError?: GlobalSignOutError;
  /** Each step, in the order of its start. */
  readonly steps: SignOutStep[];
}

/** RevokeToken failed, or its outcome is not known. */
export interface RevokeTokenError {
  /**
   * The refresh token, for {@link revokeToken}. Not enumerable. `undefined` only where this tab
   * never held it.
   */
  readonly refreshToken?: string | undefined;
  /** Why. */
  readonly error: AuthError;
  /**
   * The refresh tokens of further sessions of this client that were found and could not be
   * revoked. Not enumerable.
   */
  readonly others?: readonly string[] | undefined;
}

/** GlobalSignOut failed, or its outcome is not known. */
export interface GlobalSignOutError {
  /**
   * The access token, for {@link globalSignOut}. Not enumerable. `undefined` only where this tab
   * never held it.
   */
  readonly accessToken?: string | undefined;
  /** Why. */
  readonly error: AuthError;
}

/**
 * The session of the hosted UI may still be alive: it could sign the user in again without a
 * password.
 */
export interface HostedUIError {
  /** The `/logout` to follow. Absent where it could not be made. */
  readonly url?: string;
  /** Why. */
  readonly error: AuthError;
}

/** ForgetDevice failed. */
export interface ForgetDeviceError {
  /** Why. */
  readonly error: AuthError;
}

/**
 * One step of a sign-out: serialisable, without a token, kept across the redirect. A minor version
 * may add steps: keep a default branch.
 */
export interface SignOutStep {
  /**
   * - `"popup"`: the hosted UI's `/logout` in a popup
   * - `"clear"`: the tokens leave the storage
   * - `"refresh"`: new access token for the global sign-out
   * - `"globalSignOut"`, `"forgetDevice"`, `"revokeToken"`: the call of that name
   * - `"readBack"`: the storage is read once more
   * - `"navigate"`: the page is left for the hosted UI
   */
  readonly step:
    | "popup"
    | "clear"
    | "refresh"
    | "globalSignOut"
    | "forgetDevice"
    | "revokeToken"
    | "readBack"
    | "navigate";
  readonly outcome: "ok" | "skipped" | "failed";
  /**
   * Why it was skipped, or what is special about it, in words. That of `"clear"` names the client
   * ids of other app clients whose sessions are stored, where none of this one was found.
   */
  readonly reason?: string;
  /** How many requests were sent for it; 0 for a step that sends none. */
  readonly attempts: number;
  /** When it began, in ms since {@link signOut} was called. */
  readonly startedAtMs: number;
  /** How long it took, in ms, waits between attempts included. */
  readonly durationMs: number;
  /** The HTTP status of the last answer. */
  readonly status?: number;
  /** Cognito's id of the last request (`x-amzn-RequestId`). */
  readonly requestId?: string;
  /** The code of its error. */
  readonly code?: AuthErrorCode;
}

/** What {@link onSignedOut} tells. */
export interface SignedOutEvent {
  /**
   * `"signOut"`: in this tab; `"otherTab"`: in another one; `"restored"`: while this page was in
   * the back-forward cache.
   */
  readonly reason: "signOut" | "otherTab" | "restored";
  /** All of the user's sessions were to end. */
  readonly global: boolean;
  /** The tab that signed out leaves for the hosted UI: start no sign-in, it would cancel that. */
  readonly redirecting: boolean;
}

// ---------------------------------------------------------------------------- after the redirect

/**
 * What {@link takeSignOutResult} resolves with: a {@link SignOutResult} without tokens. Narrow it
 * by `status`.
 */
export type ReturnedSignOutResult =
  ReturnedSignOutComplete | ReturnedSignOutPartial | ReturnedSignOutFailed;

/** A {@link SignOutComplete} that left the page. */
export interface ReturnedSignOutComplete extends SignOutComplete {
  /** What was given to {@link signOut} as `appState`. */
  readonly appState?: unknown;
}

/** A {@link SignOutPartial} that left the page, without tokens. */
export interface ReturnedSignOutPartial extends Omit<
  SignOutPartial,
  "revokeTokenError" | "globalSignOutError" | "retry"
> {
  /** The refresh token is not known to be revoked. */
  readonly revokeTokenError?: ReturnedRevokeTokenError;
  /** The user's other sessions are not known to have ended. */
  readonly globalSignOutError?: ReturnedGlobalSignOutError;
  /**
   * Goes to the hosted UI's `/logout` once more: on a click, not on load. Only there where that
   * step alone failed, for the others need the tokens; and not for ten minutes after a retry has
   * left this tab.
   */
  readonly retry?: () => Promise<SignOutResult>;
  /** What was given to {@link signOut} as `appState`. */
  readonly appState?: unknown;
}

/** A {@link SignOutFailed} that left the page, without tokens. */
export interface ReturnedSignOutFailed extends Omit<
  SignOutFailed,
  "revokeTokenError" | "globalSignOutError"
> {
  /** The refresh token is not known to be revoked. */
  readonly revokeTokenError?: ReturnedRevokeTokenError;
  /** The user's other sessions are not known to have ended. */
  readonly globalSignOutError?: ReturnedGlobalSignOutError;
  /** What was given to {@link signOut} as `appState`. */
  readonly appState?: unknown;
}

/** A {@link RevokeTokenError} without its tokens. */
export interface ReturnedRevokeTokenError {
  /** Why. */
  readonly error: AuthError;
}

/** A {@link GlobalSignOutError} without its token. */
export interface ReturnedGlobalSignOutError {
  /** Why. */
  readonly error: AuthError;
}

// ---------------------------------------------------------------------------------------- errors

/** The answer behind an {@link AuthError}. */
export interface AuthErrorService {
  /** Cognito's error type, such as `NotAuthorizedException`. */
  readonly type?: string;
  /** The HTTP status. Throttling is 400: decide by `code`, never by this. */
  readonly status: number;
  /** Cognito's id of the request (`x-amzn-RequestId`), for AWS support. */
  readonly requestId?: string;
}

/** An {@link AuthError} as JSON. */
export interface AuthErrorJSON {
  name: "AuthError";
  code: AuthErrorCode;
  message: string;
  recoverySuggestion: string;
  retryable: boolean;
  service?: AuthErrorService;
}

/**
 * What kind of error an {@link AuthError} is. The union is closed, so that a misspelt code does
 * not compile; a minor version may add a code, so keep a default branch.
 */
export type AuthErrorCode =
  /**
   * {@link configure} was never called.
   *
   * https://github.com/cognito-signout/cognito-signout/blob/main/docs/errors.md#notconfigured
   */
  | "notConfigured"
  /**
   * A configuration, an option, a redirect or a token argument is not usable; the message names
   * the field.
   *
   * https://github.com/cognito-signout/cognito-signout/blob/main/docs/errors.md#configuration
   */
  | "configuration"
  /**
   * The wrong place or moment: a server, an iframe, a refresh while signed out, a client after its
   * `dispose()`.
   *
   * https://github.com/cognito-signout/cognito-signout/blob/main/docs/errors.md#invalidstate
   */
  | "invalidState"
  /**
   * Cognito refused the token.
   *
   * https://github.com/cognito-signout/cognito-signout/blob/main/docs/errors.md#notauthorized
   */
  | "notAuthorized"
  /**
   * The token was revoked before: the session had ended already.
   *
   * https://github.com/cognito-signout/cognito-signout/blob/main/docs/errors.md#tokenrevoked
   */
  | "tokenRevoked"
  /**
   * The access token has expired and no new one could be had.
   *
   * https://github.com/cognito-signout/cognito-signout/blob/main/docs/errors.md#tokenexpired
   */
  | "tokenExpired"
  /**
   * The access token lacks the scope `aws.cognito.signin.user.admin`.
   *
   * https://github.com/cognito-signout/cognito-signout/blob/main/docs/errors.md#missingscope
   */
  | "missingScope"
  /**
   * Token revocation is off for this app client.
   *
   * https://github.com/cognito-signout/cognito-signout/blob/main/docs/errors.md#revocationdisabled
   */
  | "revocationDisabled"
  /**
   * Held back, so that `retry()` can succeed: revoking now would kill the access token that the
   * global sign-out needs.
   *
   * https://github.com/cognito-signout/cognito-signout/blob/main/docs/errors.md#deferred
   */
  | "deferred"
  /**
   * A request was sent, or another tab's was, or the page left for the hosted UI; the outcome is
   * not known.
   *
   * https://github.com/cognito-signout/cognito-signout/blob/main/docs/errors.md#unconfirmed
   */
  | "unconfirmed"
  /**
   * Too many requests.
   *
   * https://github.com/cognito-signout/cognito-signout/blob/main/docs/errors.md#throttled
   */
  | "throttled"
  /**
   * No answer could be had: offline, blocked by CORS or CSP, connection lost.
   *
   * https://github.com/cognito-signout/cognito-signout/blob/main/docs/errors.md#network
   */
  | "network"
  /**
   * No answer came in time.
   *
   * https://github.com/cognito-signout/cognito-signout/blob/main/docs/errors.md#timeout
   */
  | "timeout"
  /**
   * The caller's `signal` was aborted.
   *
   * https://github.com/cognito-signout/cognito-signout/blob/main/docs/errors.md#aborted
   */
  | "aborted"
  /**
   * The user closed the popup.
   *
   * https://github.com/cognito-signout/cognito-signout/blob/main/docs/errors.md#usercancelled
   */
  | "userCancelled"
  /**
   * The browser refused to open the popup.
   *
   * https://github.com/cognito-signout/cognito-signout/blob/main/docs/errors.md#popupblocked
   */
  | "popupBlocked"
  /**
   * The page could not be left.
   *
   * https://github.com/cognito-signout/cognito-signout/blob/main/docs/errors.md#navigation
   */
  | "navigation"
  /**
   * Cognito did not send the browser back.
   *
   * https://github.com/cognito-signout/cognito-signout/blob/main/docs/errors.md#redirectnotcompleted
   */
  | "redirectNotCompleted"
  /**
   * The tokens could not be read from, written to or removed from the storage.
   *
   * https://github.com/cognito-signout/cognito-signout/blob/main/docs/errors.md#storage
   */
  | "storage"
  /**
   * Cognito, or something between, gave an answer that is no answer to the request.
   *
   * https://github.com/cognito-signout/cognito-signout/blob/main/docs/errors.md#service
   */
  | "service"
  /**
   * The WebAssembly module could not be loaded.
   *
   * https://github.com/cognito-signout/cognito-signout/blob/main/docs/errors.md#moduleunavailable
   */
  | "moduleUnavailable"
  /**
   * None of the above.
   *
   * https://github.com/cognito-signout/cognito-signout/blob/main/docs/errors.md#unknown
   */
  | "unknown";

// ---------------------------------------------------------------------------------------- tokens

/** A session, as {@link loadTokens} gives it. */
export interface Tokens {
  /** The access token, a JWT (`token_use` is `access`). */
  accessToken: string;
  /** The ID token, a JWT. */
  idToken?: string;
  /** The refresh token, opaque. Without it nothing can be revoked. */
  refreshToken?: string;
  /** The name that the session is stored under. Default: the access token's claim `username`. */
  username?: string;
  /**
   * `"hostedUI"` if the hosted UI (managed login) signed the user in: then `hostedUI: "auto"`
   * leads through its `/logout`. Default `"api"`.
   */
  signInMethod?: "api" | "hostedUI";
}

/** What {@link storeTokens} takes. */
export type TokensInput =
  | OwnTokens
  | OAuthTokenResponse
  | CognitoAuthenticationResult
  | CognitoAuthenticationAnswer;

/** What may be given with the tokens of any form. */
export interface SignInDetails {
  /** The name that the session is stored under. Default: the access token's claim `username`. */
  username?: string | undefined;
  /**
   * How the user signed in. Default `"api"`; for OAuth's form `"hostedUI"`, whose token endpoint
   * alone answers like that.
   */
  signInMethod?: "api" | "hostedUI" | undefined;
}

/** The package's own form: {@link Tokens}, whose optional fields may be `undefined`. */
export interface OwnTokens extends SignInDetails {
  accessToken: string;
  idToken?: string | undefined;
  refreshToken?: string | undefined;
}

/**
 * The answer of `/oauth2/token` (RFC 6749, section 5.1; OpenID Connect Core 1.0, section 3.1.3.3).
 */
export interface OAuthTokenResponse extends SignInDetails {
  access_token: string;
  id_token?: string | undefined;
  refresh_token?: string | undefined;
  token_type?: string | undefined;
  expires_in?: number | undefined;
  scope?: string | undefined;
}

/**
 * The `AuthenticationResult` of InitiateAuth, RespondToAuthChallenge and
 * GetTokensFromRefreshToken; the AWS SDK's type fits.
 */
export interface CognitoAuthenticationResult extends SignInDetails {
  AccessToken?: string | undefined;
  IdToken?: string | undefined;
  RefreshToken?: string | undefined;
  TokenType?: string | undefined;
  ExpiresIn?: number | undefined;
  NewDeviceMetadata?: unknown;
}

/** The whole answer with the `AuthenticationResult` in it. */
export interface CognitoAuthenticationAnswer extends SignInDetails {
  AuthenticationResult?: CognitoAuthenticationResult | undefined;
}

// --------------------------------------------------------------------------------- configuration

/** What {@link configure} takes, told apart by its shape. */
export type Config =
  CognitoConfig | LibraryConfig | AmplifyConfig | OidcClientConfig;

/** What {@link fromAmplify} takes. */
export type AmplifyConfig =
  | AmplifyOutputsConfig
  | AmplifyResourcesConfig
  | AwsExportsConfig
  | AmplifyV5Config
  | AmplifyV5BareConfig;

declare const library: unique symbol;

/**
 * A library's configuration, as {@link fromAmplify} and {@link fromOidcSettings} give it: the
 * package's own settings may be spread into it, the ids stay the library's.
 */
export interface LibraryConfig extends OwnSettings {
  /** No property that is there: it keeps this type apart. */
  readonly [library]: true;
  userPoolId?: undefined;
  userPoolClientId?: undefined;
  /** Where the hosted UI (managed login) is, in place of what the library's configuration says. */
  hostedUI?: HostedUIConfig | undefined;
}

/**
 * The shape of an argument: a library's has one of these names, the own one has no name that is not
 * known.
 */
export type AnyShape<Shape> = Shape extends LibraryConfig
  ? Shape
  : Exclude<keyof Shape, keyof CognitoConfig> extends never
    ? Shape & CognitoConfig
    : Extract<
          | "Auth"
          | "auth"
          | "authority"
          | "aws_user_pools_id"
          | "userPoolWebClientId",
          keyof Shape
        > extends never
      ? never
      : Shape;

/** The package's own shape. */
export interface CognitoConfig extends OwnSettings {
  /** Such as `eu-west-1_AbCdEfGhI`. */
  userPoolId: string;
  /** The id of an app client without a secret. */
  userPoolClientId: string;
  /** Where the hosted UI (managed login) is. */
  hostedUI?: HostedUIConfig | undefined;
}

/** What may be given with any shape, and comes before what that shape says. */
export interface OwnSettings {
  /** Such as `eu-west-1:00000000-…`; its guest identity goes at sign-out. */
  identityPoolId?: string | undefined;
  /** In place of AWS's own: an origin or URL, https, or http on a loopback host. */
  userPoolEndpoint?: string | undefined;
  /**
   * `true`: `userPoolEndpoint` may be http on any host, such as an emulator in a container or on
   * the local network. For development alone: whoever sees that network's traffic can read the
   * tokens. A warning says so. Default `false`.
   */
  allowInsecureEndpoint?: boolean | undefined;
  /**
   * `false`: the pool has token revocation off, so that no RevokeToken is sent and none is missed.
   * Default `true`.
   */
  tokenRevocation?: boolean | undefined;
  /**
   * Where the tokens are. Default `"local"`, with oidc-client-ts's settings that of its
   * `userStore`, else `"session"`.
   */
  storage?:
    "local" | "session" | "memory" | "cookie" | StorageAdapter | undefined;
  /** How the cookies are set. A removal also tries all paths and domains that the page sees. */
  cookie?: CookieOptions | undefined;
  /**
   * Gets a line for each step as it happens, without tokens; `console` fits. `false`: nothing is
   * printed. Default: only warnings, on the console: for a failed result, a sign-out that found
   * nobody but should have, a call before {@link configure}. Each one once in a page.
   */
  logger?: Logger | false | undefined;
}

/** The hosted UI (managed login) of a user pool. */
export interface HostedUIConfig {
  /** A bare host such as `example.auth.eu-west-1.amazoncognito.com`, or an origin. */
  domain: string;
  /**
   * The allowed sign-out URLs of the app client, as they are registered with Cognito. A string may
   * hold several, comma-joined.
   */
  redirectSignOut: string | readonly string[];
}

/**
 * A storage of your own, an object or a class with static methods: Amplify's
 * `KeyValueStorageInterface` fits, and so does `sessionStorage`. Each call is given 5 s.
 */
export interface StorageAdapter {
  getItem(
    key: string,
  ): string | null | undefined | PromiseLike<string | null | undefined>;
  /** A promise that it returns is awaited. */
  setItem(key: string, value: string): unknown;
  /** A promise that it returns is awaited. */
  removeItem(key: string): unknown;
  /** All keys there are. Without it only the keys that Amplify's layout leads to are found. */
  keys?(): readonly string[] | PromiseLike<readonly string[]>;
}

/** The attributes of the token cookies, as in Amplify's `CookieStorage`. */
export interface CookieOptions {
  /** Default, also if blank: none, a cookie of this host alone. */
  domain?: string | undefined;
  /** Default, also if blank: `/`. */
  path?: string | undefined;
  /** Default `true`. */
  secure?: boolean | undefined;
  /** Default `"lax"`. */
  sameSite?: "strict" | "lax" | "none" | undefined;
  /** In days, or until when. Default 365. */
  expires?: number | Date | undefined;
}

/** Gets a line for each step, by as many of these functions as it has. */
export interface Logger {
  /** For what failed. Without it the console gets the warnings. */
  warn?(message: string): void;
  /** For all else. */
  info?(message: string): void;
  /** In place of `info`, where that is missing. */
  debug?(message: string): void;
}

/** `amplify_outputs.json` (Amplify Gen 2), as it is. Fields that are not listed do no harm. */
export interface AmplifyOutputsConfig extends Omit<OwnSettings, "storage"> {
  hostedUI?: HostedUIConfig | undefined;
  auth: {
    aws_region?: string | undefined;
    user_pool_id: string;
    user_pool_client_id: string;
    identity_pool_id?: string | undefined;
    oauth?:
      | {
          domain?: string | undefined;
          redirect_sign_in_uri?: readonly string[] | undefined;
          redirect_sign_out_uri?: readonly string[] | undefined;
          custom_domain?: unknown;
          identity_providers?: unknown;
          scopes?: unknown;
          response_type?: unknown;
        }
      | undefined;
    authentication_flow_type?: unknown;
    groups?: unknown;
    mfa_configuration?: unknown;
    mfa_methods?: unknown;
    password_policy?: unknown;
    passwordless?: unknown;
    standard_required_attributes?: unknown;
    unauthenticated_identities_enabled?: unknown;
    user_verification_types?: unknown;
    username_attributes?: unknown;
  };
  version?: unknown;
  analytics?: unknown;
  custom?: unknown;
  data?: unknown;
  geo?: unknown;
  notifications?: unknown;
  /** The bucket of the outputs, or {@link OwnSettings.storage} in its place. */
  storage?: unknown;
}

/**
 * Amplify v6's `ResourcesConfig`, as it is: what `Amplify.configure` takes and
 * `Amplify.getConfig()` gives.
 */
export interface AmplifyResourcesConfig extends OwnSettings {
  // All else being optional, what is cut short in another shape would pass for this one.
  userPoolId?: never;
  userPoolClientId?: never;
  auth?: never;
  authority?: never;
  aws_user_pools_id?: never;
  hostedUI?: HostedUIConfig | undefined;
  Auth?:
    | {
        Cognito?:
          | {
              userPoolId?: string | undefined;
              userPoolClientId?: string | undefined;
              identityPoolId?: string | undefined;
              userPoolEndpoint?: string | undefined;
              loginWith?:
                | {
                    oauth?:
                      | {
                          domain: string;
                          redirectSignOut: readonly string[];
                          redirectSignIn?: readonly string[] | undefined;
                          providers?: unknown;
                          responseType?: unknown;
                          scopes?: unknown;
                        }
                      | undefined;
                    email?: unknown;
                    phone?: unknown;
                    username?: unknown;
                  }
                | undefined;
              allowGuestAccess?: unknown;
              groups?: unknown;
              identityPoolEndpoint?: unknown;
              mfa?: unknown;
              passwordFormat?: unknown;
              passwordless?: unknown;
              signUpVerificationMethod?: unknown;
              userAttributes?: unknown;
            }
          | undefined;
        storage?: StorageAdapter | undefined;
      }
    | undefined;
  API?: unknown;
  Analytics?: unknown;
  Geo?: unknown;
  Interactions?: unknown;
  Notifications?: unknown;
  Predictions?: unknown;
  Storage?: unknown;
}

/** `aws-exports` (Amplify Gen 1, v5), as it is. Redirects may be comma-joined. */
export interface AwsExportsConfig extends OwnSettings {
  hostedUI?: HostedUIConfig | undefined;
  aws_user_pools_id: string;
  aws_user_pools_web_client_id: string;
  aws_project_region?: string | undefined;
  aws_cognito_region?: string | undefined;
  aws_cognito_identity_pool_id?: string | undefined;
  oauth?: AmplifyV5OAuth | undefined;
  aws_cognito_mfa_configuration?: unknown;
  aws_cognito_mfa_types?: unknown;
  aws_cognito_password_protection_settings?: unknown;
  aws_cognito_signup_attributes?: unknown;
  aws_cognito_social_providers?: unknown;
  aws_cognito_username_attributes?: unknown;
  aws_cognito_verification_mechanisms?: unknown;
  federationTarget?: unknown;
}

/**
 * What Amplify v5's `Amplify.configure` takes by hand, and amazon-cognito-identity-js apps often
 * keep.
 */
export interface AmplifyV5Config extends OwnSettings {
  hostedUI?: HostedUIConfig | undefined;
  Auth: AmplifyV5Auth & { storage?: StorageAdapter | undefined };
  /** Comes before `Auth.oauth`, as with Amplify. */
  oauth?: AmplifyV5OAuth | undefined;
  cookieStorage?: CookieOptions | undefined;
  ssr?: unknown;
}

/** The same without `Auth` around it: what v5's `Auth.configure` takes. */
export interface AmplifyV5BareConfig extends OwnSettings, AmplifyV5Auth {
  hostedUI?: HostedUIConfig | undefined;
}

/** `Auth` of {@link AmplifyV5Config}. */
export interface AmplifyV5Auth {
  userPoolId: string;
  userPoolWebClientId: string;
  identityPoolId?: string | undefined;
  region?: string | undefined;
  /** In place of AWS's own. */
  endpoint?: string | undefined;
  cookieStorage?: CookieOptions | undefined;
  oauth?: AmplifyV5OAuth | undefined;
  authenticationFlowType?: unknown;
  mandatorySignIn?: unknown;
  signUpVerificationMethod?: unknown;
}

/** `oauth` of {@link AmplifyV5Config}. Redirects may be comma-joined. */
export interface AmplifyV5OAuth {
  domain?: string | undefined;
  redirectSignIn?: string | undefined;
  redirectSignOut?: string | undefined;
  responseType?: unknown;
  scope?: unknown;
  /**
   * The same one level down; it comes first, unless `domain` and `redirectSignIn` are given too.
   */
  awsCognito?: Omit<AmplifyV5OAuth, "awsCognito"> | undefined;
}

/**
 * The settings of oidc-client-ts or react-oidc-context, as they are, and `hostedUI` in addition:
 * Cognito's `/logout` is not OpenID Connect's (RP-Initiated Logout 1.0), so its domain can't be
 * discovered.
 */
export interface OidcClientConfig extends OwnSettings {
  /**
   * `https://cognito-idp.<region>.amazonaws.com/<userPoolId>`, or the address of the hosted UI:
   * then set `userPoolId` too.
   */
  authority: string;
  /** The pool, if `authority` names none. Without it, the tokens that are found name it. */
  userPoolId?: string | undefined;
  client_id: string;
  redirect_uri?: string | undefined;
  post_logout_redirect_uri?: string | undefined;
  hostedUI?:
    | {
        domain: string;
        /** Default: `post_logout_redirect_uri`. */
        redirectSignOut?: string | readonly string[] | undefined;
      }
    | undefined;
  automaticSilentRenew?: unknown;
  extraQueryParams?: unknown;
  loadUserInfo?: unknown;
  metadata?: unknown;
  metadataSeed?: unknown;
  metadataUrl?: unknown;
  monitorSession?: unknown;
  onSigninCallback?: unknown;
  response_mode?: unknown;
  response_type?: unknown;
  revokeTokenTypes?: unknown;
  revokeTokensOnSignout?: unknown;
  scope?: unknown;
  silent_redirect_uri?: unknown;
  /** Any `StateStore`: sign-ins under way are removed from it. */
  stateStore?: unknown;
  /** Any `StateStore`: where the user's record is; {@link OwnSettings.storage} comes first. */
  userStore?: unknown;
}
