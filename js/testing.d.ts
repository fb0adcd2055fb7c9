/**
 * Results and errors as `cognito-signout` gives them, for the tests of an app: typed, without an engine, a network or a browser.
 *
 * ```ts
 * import { partialResult } from "cognito-signout/testing";
 *
 * const signOut = async () => partialResult({ revokeTokenError: "network" });
 * ```
 *
 * @packageDocumentation
 */
import type {
  AuthError,
  AuthErrorCode,
  AuthErrorService,
  SignOutComplete,
  SignOutFailed,
  SignOutPartial,
  SignOutResult,
  SignOutStep,
} from "cognito-signout";

/**
 * An error with the texts that the package has for its code.
 *
 * @param over - what is to be different
 * @throws TypeError if there is no such code
 */
export function authError(
  code: AuthErrorCode,
  over?: {
    message?: string;
    recoverySuggestion?: string;
    retryable?: boolean;
    service?: AuthErrorService;
  },
): AuthError;

/**
 * A complete result: signed in before, no steps, unless you say otherwise.
 *
 * @param over - what is to be different
 */
export function completeResult(over?: {
  wasSignedIn?: boolean;
  logoutUrl?: string;
  steps?: readonly SignOutStep[];
}): SignOutComplete;

/** The error of a step: a code stands for an error with its texts. */
export type Failure = AuthErrorCode | AuthError;

/** What failed in a {@link partialResult} or beside the error of a {@link failedResult}. */
export interface Failures {
  /** RevokeToken failed. The refresh token is `"test-refreshToken"` unless you give one. */
  revokeTokenError?: Failure | { error: Failure; refreshToken?: string };
  /** GlobalSignOut failed. The access token is `"test-accessToken"` unless you give one. */
  globalSignOutError?: Failure | { error: Failure; accessToken?: string };
}

/** What a {@link partialResult} is made of; one of the errors at least. */
export interface Partials extends Failures {
  /** The hosted UI's session is not known to have ended. */
  hostedUIError?: Failure | { error: Failure; url?: string };
  /** The device is not known to be forgotten. */
  forgetDeviceError?: Failure;
  wasSignedIn?: boolean;
  logoutUrl?: string;
  steps?: readonly SignOutStep[];
  /** What `retry()` gives, once. Default: a complete result. */
  retry?: () => SignOutResult | Promise<SignOutResult>;
}

/**
 * A partial result. As in a real one, the tokens and `retry` are not enumerable.
 *
 * @throws TypeError without an error: such a result does not exist
 */
export function partialResult(given: Partials): SignOutPartial;

/**
 * A failed result.
 *
 * @param error - default `"storage"`
 */
export function failedResult(
  error?: Failure,
  given?: Failures & { steps?: readonly SignOutStep[] },
): SignOutFailed;
