// Results as apps see them: plain, loggable, and with their tokens out of sight.
import { AuthError } from "./errors.js";

/**
 * An own accessor that JSON, structured clone and the console's preview pass over.
 * @param {object} target
 * @param {string} name
 * @param {unknown} value
 */
export const hide = (target, name, value) =>
  Object.defineProperty(target, name, { get: () => value });

/**
 * The refresh tokens to revoke: the current session's, and those of others.
 * @param {object} target
 * @param {(string | undefined)[]} tokens
 */
export function hideRefreshTokens(target, [first, ...others]) {
  hide(target, "refreshToken", first);
  if (others.length > 0) hide(target, "others", others);
}

/**
 * `retry()`: it runs once, and every call gets the same promise.
 * @param {object} target
 * @param {() => Promise<any>} run
 */
export function hideRetry(target, run) {
  /** @type {Promise<any> | undefined} */
  let running;
  hide(target, "retry", () => (running ??= run()));
}

export const FIELDS = [
  "revokeTokenError",
  "globalSignOutError",
  "hostedUIError",
  "forgetDeviceError",
];

/**
 * @param {any} raw the engine's result: the secrets stand next to the fields they belong to
 * @param {(ask: () => Promise<any>) => Promise<any>} again how a retry is run
 */
export function toResult(raw, again) {
  const { retry, refreshToken, others, accessToken, ...result } = raw;
  if (result.error) result.error = new AuthError(result.error);
  for (const name of FIELDS)
    if (result[name])
      result[name] = {
        ...result[name],
        error: new AuthError(result[name].error),
      };
  const { revokeTokenError, globalSignOutError } = result;
  if (revokeTokenError && "refreshToken" in raw)
    hideRefreshTokens(revokeTokenError, [refreshToken, ...(others ?? [])]);
  if (globalSignOutError && "accessToken" in raw)
    hide(globalSignOutError, "accessToken", accessToken);
  if (retry) hideRetry(result, () => again(retry));
  return result;
}

/**
 * A failure before anything was touched.
 * @param {unknown} error
 */
export const failed = (error) => ({
  status: "failed",
  signedOutLocally: false,
  error,
  steps: [],
});
