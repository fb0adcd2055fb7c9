/**
 * Words for the user, for each outcome of a sign-out.
 *
 * @packageDocumentation
 */
import type { SignOutResult } from "cognito-signout";

/** The text of each outcome. */
export interface DescribeTexts {
  complete: string;
  partial: string;
  failed: string;
}

const TEXTS: DescribeTexts = {
  complete: "You are signed out.",
  partial:
    "You are signed out on this device. Something else could not be done.",
  failed: "You are still signed in on this device. Please try again.",
};

/**
 * Says in one or two sentences what a sign-out came to, for the user.
 *
 * @example
 * ```ts
 * import { signOut } from "cognito-signout";
 * import { describe } from "cognito-signout/describe";
 *
 * alert(describe(await signOut()));
 * ```
 *
 * @param options - `texts`: those of your app, in place of the English ones
 */
export function describe(
  result: SignOutResult,
  options?: { texts?: Partial<DescribeTexts> },
): string {
  return { ...TEXTS, ...options?.texts }[result.status];
}
