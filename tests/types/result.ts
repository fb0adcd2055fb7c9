// The result narrows by its tag, and holds what the tag promises and no more.
import { signOut, takeSignOutResult } from "cognito-signout";
import type {
  AuthError,
  ForgetDeviceError,
  GlobalSignOutError,
  HostedUIError,
  ReturnedSignOutResult,
  RevokeTokenError,
  SignOutResult,
  SignOutStep,
} from "cognito-signout";
import { expectTrue, type Equal } from "./expect.js";

const result = await signOut();
expectTrue<Equal<typeof result, SignOutResult>>();
expectTrue<Equal<typeof result.status, "complete" | "partial" | "failed">>();
expectTrue<Equal<typeof result.steps, SignOutStep[]>>();

// @ts-expect-error: only after narrowing
result.retry();
// @ts-expect-error: only after narrowing
console.log(result.error);

switch (result.status) {
  case "complete":
    expectTrue<Equal<typeof result.signedOutLocally, true>>();
    expectTrue<Equal<typeof result.wasSignedIn, boolean>>();
    expectTrue<Equal<typeof result.logoutUrl, string | undefined>>();
    // @ts-expect-error: nothing to retry
    await result.retry();
    // @ts-expect-error: no error
    console.log(result.revokeTokenError);
    break;
  case "partial":
    expectTrue<Equal<typeof result.signedOutLocally, true>>();
    expectTrue<
      Equal<typeof result.revokeTokenError, RevokeTokenError | undefined>
    >();
    expectTrue<
      Equal<typeof result.globalSignOutError, GlobalSignOutError | undefined>
    >();
    expectTrue<Equal<typeof result.hostedUIError, HostedUIError | undefined>>();
    expectTrue<
      Equal<typeof result.forgetDeviceError, ForgetDeviceError | undefined>
    >();
    // @ts-expect-error: missing for a while after a retry that left the page
    await result.retry();
    expectTrue<
      Equal<typeof result.retry, (() => Promise<SignOutResult>) | undefined>
    >();
    expectTrue<
      Equal<
        NonNullable<typeof result.revokeTokenError>["refreshToken"],
        string | undefined
      >
    >();
    // @ts-expect-error: what failed is in the field of its step
    console.log(result.error);
    break;
  case "failed":
    expectTrue<Equal<typeof result.signedOutLocally, false>>();
    expectTrue<Equal<typeof result.error, AuthError>>();
    // @ts-expect-error: nothing was looked up for sure
    console.log(result.wasSignedIn);
    // @ts-expect-error: call signOut again
    await result.retry();
    // @ts-expect-error: a failed sign-out does not leave the page
    console.log(result.hostedUIError);
    break;
  default:
    expectTrue<Equal<typeof result, never>>();
}

// It narrows by signedOutLocally too.
if (result.signedOutLocally) {
  expectTrue<Equal<typeof result.status, "complete" | "partial">>();
} else {
  expectTrue<Equal<typeof result.status, "failed">>();
}

// After the redirect: the same tags, no tokens, and a retry that may be missing.
const returned = await takeSignOutResult();
expectTrue<Equal<typeof returned, ReturnedSignOutResult | null>>();
// @ts-expect-error: null where no sign-out left the page
console.log(returned.status);

if (returned?.status === "partial") {
  expectTrue<Equal<typeof returned.wasSignedIn, boolean>>();
  expectTrue<Equal<typeof returned.hostedUIError, HostedUIError | undefined>>();
  expectTrue<
    Equal<keyof NonNullable<typeof returned.revokeTokenError>, "error">
  >();
  // @ts-expect-error: no token survives the redirect
  console.log(returned.revokeTokenError?.refreshToken);
  // @ts-expect-error: no token survives the redirect
  console.log(returned.revokeTokenError?.others);
  // @ts-expect-error: no token survives the redirect
  console.log(returned.globalSignOutError?.accessToken);
  // @ts-expect-error: only where the hosted-UI step alone failed
  await returned.retry();
  const again = await returned.retry?.();
  expectTrue<Equal<typeof again, SignOutResult | undefined>>();
}
if (returned?.status === "complete") {
  // @ts-expect-error: nothing to retry
  await returned.retry?.();
}
if (returned?.status === "failed") {
  expectTrue<Equal<typeof returned.error, AuthError>>();
  // @ts-expect-error: no token survives the redirect
  console.log(returned.globalSignOutError?.accessToken);
}
if (returned) {
  expectTrue<Equal<typeof returned.appState, unknown>>();
  // @ts-expect-error: unknown until it is checked
  console.log(returned.appState.from);
}

// @ts-expect-error: read-only
result.status = "complete";

// Steps are plain data: a discriminating default stays reachable for tomorrow's steps.
for (const step of result.steps) {
  switch (step.step) {
    case "clear":
      expectTrue<Equal<typeof step.durationMs, number>>();
      break;
    // @ts-expect-error: not a step
    case "cleared":
      break;
    default:
      expectTrue<Equal<typeof step.outcome, "ok" | "skipped" | "failed">>();
  }
}
