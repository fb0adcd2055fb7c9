// Results as signOut() gives them, for the tests of an app: no engine, no network, the same hidden tokens.
import { AuthError } from "cognito-signout";
import { CODES } from "./codes.js";
import { FIELDS, hide, hideRetry } from "./results.js";

/** @type {new (raw: import("./errors.js").RawError) => AuthError} */
const AnyError = /** @type {any} */ (AuthError);

/**
 * @param {import("cognito-signout").AuthErrorCode} code
 * @param {object} [over]
 */
export function authError(code, over) {
  const texts = CODES[code];
  if (!texts) throw new TypeError(`code: there is no "${code}"`);
  const [message, recoverySuggestion, retryable] = texts;
  return new AnyError({
    code,
    message,
    recoverySuggestion,
    retryable,
    ...over,
  });
}

/** @param {object} [over] */
export const completeResult = (over) => ({
  status: "complete",
  signedOutLocally: true,
  wasSignedIn: true,
  steps: [],
  ...over,
});

// Where a secret stands, and what it is called.
/** @type {Record<string, string>} */
const SECRETS = {
  revokeTokenError: "refreshToken",
  globalSignOutError: "accessToken",
};

/**
 * The errors of the steps: a code, or an error, becomes what the package would give.
 * @param {Record<string, any>} given
 */
function errorsOf(given) {
  /** @type {Record<string, any>} */
  const errors = {};
  for (const name of FIELDS) {
    if (given[name] === undefined) continue;
    const { error = given[name], url } = given[name];
    const field = {
      error:
        typeof error === "string"
          ? authError(/** @type {any} */ (error))
          : error,
      ...(url && { url }),
    };
    const secret = SECRETS[name];
    if (secret) hide(field, secret, given[name][secret] ?? `test-${secret}`);
    errors[name] = field;
  }
  return errors;
}

/** @param {Record<string, any>} given */
export function partialResult({ retry = completeResult, ...given } = {}) {
  const errors = errorsOf(given);
  if (Object.keys(errors).length === 0)
    throw new TypeError(`a partial result has one of ${FIELDS.join(", ")}`);
  const { wasSignedIn = true, logoutUrl, steps = [] } = given;
  const result = {
    status: "partial",
    signedOutLocally: true,
    wasSignedIn,
    ...errors,
    ...(logoutUrl && { logoutUrl }),
    steps,
  };
  hideRetry(result, async () => retry());
  return result;
}

/**
 * @param {any} [error]
 * @param {Record<string, any>} [given]
 */
export const failedResult = (error = "storage", given = {}) => ({
  status: "failed",
  signedOutLocally: false,
  error:
    typeof error === "string" ? authError(/** @type {any} */ (error)) : error,
  ...errorsOf(given),
  steps: given.steps ?? [],
});
