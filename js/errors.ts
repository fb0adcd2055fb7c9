// The one error class, and how it is told from others.
import {
  aborted,
  moduleUnavailable,
  notConfigured,
  type Texts,
  unknown,
} from "./codes.js";
import type {
  AuthErrorCode,
  AuthErrorJSON,
  AuthErrorService,
} from "./types.js";

/**
 * What the engine says of an error.
 * @internal
 */
export interface RawError {
  readonly code: AuthErrorCode;
  readonly message: string;
  readonly recoverySuggestion: string;
  readonly retryable: boolean;
  readonly service?: AuthErrorService | undefined;
  readonly cause?:
    { readonly name: string; readonly message: string } | undefined;
}

// The same symbol in every copy of the package.
const BRAND = Symbol.for("cognito-signout.AuthError");

/**
 * The one error class. Made by the package alone; for a check that works across copies of the
 * package use {@link isAuthError}.
 */
export class AuthError extends Error {
  declare readonly name: "AuthError";
  /**
   * What kind of error it is. Each code has a section in
   * https://github.com/cognito-signout/cognito-signout/blob/main/docs/errors.md
   */
  declare readonly code: AuthErrorCode;
  /** What happened, in a sentence, without a token. */
  declare readonly message: string;
  /** What to do about it, in a sentence. */
  declare readonly recoverySuggestion: string;
  /** Whether the same call may succeed later. */
  declare readonly retryable: boolean;
  /** Cognito's own words, where an answer came. */
  declare readonly service?: AuthErrorService;
  /** What it came from. Never an object that carries a request or a body. */
  declare readonly cause?: unknown;

  private constructor({ message, cause, ...rest }: RawError) {
    super(
      message,
      cause && {
        cause: Object.assign(new Error(cause.message), { name: cause.name }),
      },
    );
    Object.assign(this, rest);
  }

  /** @internal */
  static from(raw: RawError): AuthError {
    return new AuthError(raw);
  }

  /**
   * `instanceof` holds for the errors of every copy, as isAuthError() does.
   * @internal
   */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return this === AuthError
      ? isAuthError(value)
      : super[Symbol.hasInstance](value);
  }

  static {
    Object.defineProperties(this.prototype, {
      name: { value: "AuthError" },
      [BRAND]: { value: true },
    });
  }

  /** All but `cause` and the stack. */
  toJSON(): AuthErrorJSON {
    const { name, code, message } = this;
    return {
      name,
      code,
      message,
      ...(this as Omit<AuthErrorJSON, "name" | "code" | "message">),
    };
  }
}

/**
 * Whether a value is an {@link AuthError}, of this copy of the package or of another one.
 *
 * @example
 * ```ts
 * import { isAuthError, loadTokens } from "cognito-signout";
 *
 * await loadTokens().catch((error: unknown) => {
 *   if (isAuthError(error)) console.warn(error.code, error.recoverySuggestion);
 * });
 * ```
 */
export function isAuthError(value: unknown): value is AuthError {
  try {
    return (value as { readonly [BRAND]?: unknown })[BRAND] === true;
  } catch {
    return false;
  }
}

// In the face there is no engine to ask.
const TEXTS = {
  notConfigured,
  moduleUnavailable,
  aborted,
  invalidState: [
    "This needs a browser; on a server there is nobody to sign out.",
    "Call it in the browser, from an event handler or an effect.",
    false,
  ],
  unknown,
  // What a client says after its dispose().
  disposed: [
    "This client was disposed of.",
    "Make a new one with createClient().",
    false,
  ],
} satisfies Partial<Record<AuthErrorCode | "disposed", Texts>>;

/**
 * An error that the face itself has to tell of.
 *
 * @param thrown - what it came from
 */
export function faceError(code: keyof typeof TEXTS, thrown?: unknown) {
  const [message, recoverySuggestion, retryable] = TEXTS[code];
  return AuthError.from({
    code: code === "disposed" ? "invalidState" : code,
    message,
    recoverySuggestion,
    retryable,
    cause: thrown instanceof Error ? thrown : undefined,
  });
}

/** What was thrown, as an AuthError. */
export const asAuthError = (thrown: unknown) =>
  isAuthError(thrown) ? thrown : faceError("unknown", thrown);
