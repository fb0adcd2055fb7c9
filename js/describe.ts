/**
 * A result in words for the person who signed out: one or two English sentences, each replaceable.
 *
 * ```ts
 * import { signOut } from "cognito-signout";
 * import { describe } from "cognito-signout/describe";
 *
 * const result = await signOut();
 * if (result.status !== "complete") alert(describe(result));
 * ```
 *
 * @packageDocumentation
 */
import type {
  AuthErrorCode,
  ReturnedSignOutResult,
  SignOutResult,
} from "cognito-signout";

/** The sentences of {@link describe}. Each may be replaced, by one in another language too. */
export interface DescribeTexts {
  /** `complete`. */
  signedOut: string;
  /** `complete`, and no session was found. */
  notSignedIn: string;
  /** `partial`: other devices are not known to be signed out. */
  otherDevices: string;
  /** `partial`: the hosted UI may sign the user in again without a password. */
  signInPage: string;
  /** `partial`: both of these. */
  otherDevicesAndSignInPage: string;
  /** `partial`: the refresh token is not known to be revoked. */
  server: string;
  /** `partial`: the device is not known to be forgotten. */
  remembered: string;
  /** `failed`: the tokens may still be in the storage, or are. */
  failed: string;
  /** `failed`: the user closed the window of the hosted UI. */
  cancelled: string;
  /** `failed`: the app stopped it. */
  stopped: string;
  /** `failed`: the app's own fault, such as an option that is not usable. */
  unable: string;
  /** Behind the others, where `retry()` or a second call may succeed. */
  tryAgain: string;
  /** In place of {@link DescribeTexts.tryAgain}: Cognito could not be reached. */
  tryAgainOnline: string;
  /** In place of {@link DescribeTexts.tryAgain}: Cognito had too many requests. */
  tryAgainLater: string;
  /** In place of {@link DescribeTexts.tryAgain}: a part of the app could not be loaded. */
  reload: string;
}

const TEXTS: Readonly<DescribeTexts> = {
  signedOut: "You are signed out.",
  notSignedIn: "You were not signed in.",
  otherDevices:
    "You are signed out on this device. Other devices may still be signed in.",
  signInPage:
    "You are signed out here, but the sign-in page may still let you in without a password.",
  otherDevicesAndSignInPage:
    "You are signed out here. Other devices may still be signed in, and the sign-in page may still let you in without a password.",
  server:
    "You are signed out on this device. The server could not confirm it yet.",
  remembered: "You are signed out, but this device is still remembered.",
  failed: "You may still be signed in on this device.",
  cancelled: "Sign-out was cancelled. You may still be signed in.",
  stopped: "Sign-out was stopped. You may still be signed in.",
  unable: "This app could not sign you out. You may still be signed in.",
  tryAgain: "Try again.",
  tryAgainOnline: "Check your connection and try again.",
  tryAgainLater: "Wait a moment and try again.",
  reload: "Reload the page and try again.",
};

/** Which sentence a failed result has, by the code of its error. Any other code has `failed`. */
const FAILED: Partial<Record<AuthErrorCode, keyof DescribeTexts>> = {
  userCancelled: "cancelled",
  aborted: "stopped",
  notConfigured: "unable",
  configuration: "unable",
  invalidState: "unable",
};

/** What to do, by the code of an error. */
const AGAIN: Partial<Record<AuthErrorCode, keyof DescribeTexts>> = {
  network: "tryAgainOnline",
  timeout: "tryAgainOnline",
  throttled: "tryAgainLater",
  moduleUnavailable: "reload",
};

/**
 * Says in words for people what a sign-out came to. Nothing in it is for developers: no code, no
 * name of a field, no address.
 *
 * @param result - of `signOut`, of `retry()` or of `takeSignOutResult`
 * @param options - `texts`: sentences of your own, in place of the English ones
 * @example
 * ```ts
 * import { signOut } from "cognito-signout";
 * import { describe } from "cognito-signout/describe";
 *
 * const texts = { signedOut: "Sie sind abgemeldet.", tryAgain: "Bitte noch einmal versuchen." };
 * document.body.append(describe(await signOut(), { texts }));
 * ```
 */
export function describe(
  result: SignOutResult | ReturnedSignOutResult,
  options?: { readonly texts?: Partial<DescribeTexts> | undefined },
): string {
  const [what, again] = sentences(result);
  const say = (name: keyof DescribeTexts) =>
    options?.texts?.[name] ?? TEXTS[name];
  return [say(what), again && say(again)].filter(Boolean).join(" ");
}

/** What happened, and what to do. */
function sentences(
  result: SignOutResult | ReturnedSignOutResult,
): [what: keyof DescribeTexts, again?: keyof DescribeTexts] {
  if (result.status === "complete")
    return [result.wasSignedIn ? "signedOut" : "notSignedIn"];
  if (result.status === "failed") {
    const { code, retryable } = result.error;
    const what = FAILED[code] ?? "failed";
    // One who stopped it knows how to begin again.
    const isOver = what !== "failed" || !retryable;
    return isOver ? [what] : [what, AGAIN[code] ?? "tryAgain"];
  }
  const { globalSignOutError, hostedUIError, revokeTokenError } = result;
  const what =
    globalSignOutError && hostedUIError
      ? "otherDevicesAndSignInPage"
      : globalSignOutError
        ? "otherDevices"
        : hostedUIError
          ? "signInPage"
          : revokeTokenError
            ? "server"
            : "remembered";
  if (!result.retry) return [what];
  const errors = [globalSignOutError, hostedUIError, revokeTokenError];
  const code = errors.find((failure) => failure)?.error.code;
  return [what, (code && AGAIN[code]) ?? "tryAgain"];
}
