// Results as apps see them: plain, loggable, and with their tokens out of sight.
import type { AuthError } from "./errors.js";
import type { SignOutFailed, SignOutResult } from "./types.js";

/** An own accessor that JSON, structured clone and the console's preview pass over. */
export const hide = (target: object, name: string, value: unknown) =>
  Object.defineProperty(target, name, { get: () => value });

/** The refresh tokens to revoke: the current session's, and those of others. */
export function hideRefreshTokens(
  target: object,
  [first, ...others]: readonly (string | undefined)[],
) {
  hide(target, "refreshToken", first);
  if (others.length) hide(target, "others", others);
}

/** `retry()`: it runs once, and every call gets the same promise. */
export function hideRetry(target: object, run: () => Promise<SignOutResult>) {
  let running: Promise<SignOutResult> | undefined;
  hide(target, "retry", () => (running ??= run()));
}

/** The errors of the steps. */
export const FIELDS = [
  "revokeTokenError",
  "globalSignOutError",
  "hostedUIError",
  "forgetDeviceError",
] as const;

/** A failure before anything was touched. */
export const failed = (error: AuthError): SignOutFailed => ({
  status: "failed",
  signedOutLocally: false,
  error,
  steps: [],
});
