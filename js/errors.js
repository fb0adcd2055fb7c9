import { aborted, moduleUnavailable, notConfigured, storage } from "./codes.js";

/**
 * What the engine says of an error.
 * @typedef {{
 *   code: import("cognito-signout").AuthErrorCode,
 *   message: string,
 *   recoverySuggestion: string,
 *   retryable: boolean,
 *   service?: import("cognito-signout").AuthErrorService,
 *   cause?: { name: string, message: string } | undefined,
 * }} RawError
 */

// The same symbol in every copy of the package.
const BRAND = Symbol.for("cognito-signout.AuthError");

export class AuthError extends Error {
  /** @param {RawError} raw */
  constructor({
    message,
    code,
    recoverySuggestion,
    retryable,
    service,
    cause,
  }) {
    super(message);
    this.code = code;
    this.recoverySuggestion = recoverySuggestion;
    this.retryable = retryable;
    if (service) this.service = service;
    if (cause) {
      const below = new Error(cause.message);
      below.name = cause.name;
      Object.defineProperty(this, "cause", { value: below });
    }
  }

  // `instanceof` holds for the errors of every copy, as isAuthError() does.
  static [Symbol.hasInstance](/** @type {unknown} */ value) {
    return this === AuthError
      ? isAuthError(value)
      : super[Symbol.hasInstance](value);
  }

  get name() {
    return "AuthError";
  }

  get [BRAND]() {
    return true;
  }

  toJSON() {
    const { name, code, message, recoverySuggestion, retryable, service } =
      this;
    return {
      name,
      code,
      message,
      recoverySuggestion,
      retryable,
      ...(service && { service }),
    };
  }
}

/**
 * @param {any} value
 * @returns {boolean}
 */
export function isAuthError(value) {
  try {
    return value[BRAND] === true;
  } catch {
    return false;
  }
}

/** @type {Record<string, import("./codes.js").Texts>} */
const TEXTS = {
  notConfigured,
  moduleUnavailable,
  aborted,
  storage,
  invalidState: [
    "This needs a browser; on a server there is nobody to sign out.",
    "Call it in the browser, from an event handler or an effect.",
    false,
  ],
  unknown: [
    "The sign-out engine stopped unexpectedly.",
    "Call retry() on the result; if it happens again, please report it.",
    true,
  ],
};

/**
 * An error that the face itself has to tell of, since there is no engine to ask.
 * @param {import("cognito-signout").AuthErrorCode} code one of those above
 * @param {unknown} [thrown] what it came from
 */
export function faceError(code, thrown) {
  const [message, recoverySuggestion, retryable] =
    /** @type {import("./codes.js").Texts} */ (TEXTS[code]);
  const cause =
    thrown instanceof Error
      ? { name: thrown.name, message: thrown.message }
      : undefined;
  return new AuthError({ code, message, recoverySuggestion, retryable, cause });
}

/** What a client says after its dispose(). */
export const disposedError = () =>
  new AuthError({
    code: "invalidState",
    message: "This client was disposed of by dispose().",
    recoverySuggestion: "Make a new one with createClient().",
    retryable: false,
  });

/**
 * What the engine rejected with, as an AuthError.
 * @param {any} thrown
 */
export const asAuthError = (thrown) =>
  isAuthError(thrown)
    ? thrown
    : thrown?.code
      ? new AuthError(thrown)
      : faceError("unknown", thrown);
