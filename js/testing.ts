/**
 * Results and errors as `cognito-signout` gives them, for the tests of an app: typed, without an
 * engine, a network or a browser.
 *
 * ```ts
 * import { partialResult } from "cognito-signout/testing";
 *
 * const signOut = async () => partialResult({ revokeTokenError: "network" });
 * ```
 *
 * @packageDocumentation
 */
import { AuthError } from "cognito-signout";
import type {
  AuthErrorCode,
  AuthErrorService,
  SignOutComplete,
  SignOutFailed,
  SignOutPartial,
  SignOutResult,
  SignOutStep,
} from "cognito-signout";
import { CODES } from "./codes.js";
import { FIELDS, hide, hideRetry } from "./results.js";

/**
 * An error with the texts that the package has for its code.
 *
 * @param over - what is to be different
 * @throws TypeError if there is no such code
 * @example
 * ```ts
 * import { authError } from "cognito-signout/testing";
 *
 * const error = authError("network", { message: "Failed to fetch" });
 * ```
 */
export function authError(
  code: AuthErrorCode,
  over?: {
    message?: string;
    recoverySuggestion?: string;
    retryable?: boolean;
    service?: AuthErrorService;
  },
): AuthError {
  const texts = (CODES as Partial<typeof CODES>)[code];
  if (!texts) throw new TypeError(`code: there is no "${code}"`);
  const [message, recoverySuggestion, retryable] = texts;
  return AuthError.from({
    code,
    message,
    recoverySuggestion,
    retryable,
    ...over,
  });
}

/**
 * A complete result: signed in before, no steps, unless you say otherwise.
 *
 * @param over - what is to be different
 * @example
 * ```ts
 * import { completeResult } from "cognito-signout/testing";
 *
 * const signOut = async () => completeResult({ wasSignedIn: false });
 * ```
 */
export function completeResult(over?: {
  wasSignedIn?: boolean;
  logoutUrl?: string;
  steps?: readonly SignOutStep[];
}): SignOutComplete {
  return {
    status: "complete",
    signedOutLocally: true,
    wasSignedIn: true,
    ...over,
    steps: [...(over?.steps ?? [])],
  };
}

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
 * @example
 * ```ts
 * import { completeResult, partialResult } from "cognito-signout/testing";
 *
 * const result = partialResult({ globalSignOutError: "network", retry: () => completeResult() });
 * ```
 */
export function partialResult(given: Partials): SignOutPartial {
  const errors = errorsOf(given);
  if (Object.keys(errors).length === 0)
    throw new TypeError(`a partial result has one of ${FIELDS.join(", ")}`);
  const { wasSignedIn = true, logoutUrl, steps = [], retry } = given ?? {};
  const result: SignOutPartial = {
    status: "partial",
    signedOutLocally: true,
    wasSignedIn,
    ...errors,
    ...(logoutUrl && { logoutUrl }),
    steps: [...steps],
  };
  hideRetry(result, async () => (retry ?? completeResult)());
  return result;
}

/**
 * A failed result.
 *
 * @param error - default `"storage"`
 * @example
 * ```ts
 * import { failedResult } from "cognito-signout/testing";
 *
 * const signOut = async () => failedResult("userCancelled");
 * ```
 */
export function failedResult(
  error: Failure = "storage",
  given: Failures & { steps?: readonly SignOutStep[] } = {},
): SignOutFailed {
  return {
    status: "failed",
    signedOutLocally: false,
    error: errorOf(error),
    ...errorsOf(given),
    steps: [...(given.steps ?? [])],
  };
}

const errorOf = (failure: Failure) =>
  typeof failure === "string" ? authError(failure) : failure;

// Where a secret stands, and what it is called.
const SECRETS: Partial<Record<string, string>> = {
  revokeTokenError: "refreshToken",
  globalSignOutError: "accessToken",
};

/** The errors of the steps: a code, or an error, becomes what the package would give. */
function errorsOf(given: Partials | undefined) {
  const errors: Record<string, { error: AuthError }> = {};
  for (const name of FIELDS) {
    const failure = given?.[name];
    if (failure === undefined) continue;
    const told: { error: Failure; url?: string } =
      typeof failure === "object" && "error" in failure
        ? failure
        : { error: failure };
    const field = {
      error: errorOf(told.error),
      ...(told.url && { url: told.url }),
    };
    const secret = SECRETS[name];
    if (secret)
      hide(
        field,
        secret,
        (told as Partial<Record<string, unknown>>)[secret] ?? `test-${secret}`,
      );
    errors[name] = field;
  }
  return errors;
}
