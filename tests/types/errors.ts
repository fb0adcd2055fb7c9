// Errors are told apart by code; a misspelt code does not compile, and a default branch stays allowed.
import {
  AuthError,
  configure,
  isAuthError,
  onSignedOut,
} from "cognito-signout";
import type { AuthErrorCode, SignedOutEvent } from "cognito-signout";
import { expectTrue, type Equal } from "./expect.js";

try {
  await configure({ userPoolId: "", userPoolClientId: "" });
} catch (error) {
  expectTrue<Equal<typeof error, unknown>>();
  if (isAuthError(error)) {
    expectTrue<Equal<typeof error, AuthError>>();
    error satisfies Error;
    expectTrue<Equal<typeof error.name, "AuthError">>();
    expectTrue<Equal<typeof error.recoverySuggestion, string>>();
    expectTrue<Equal<typeof error.retryable, boolean>>();
    expectTrue<Equal<typeof error.cause, unknown>>();
    error.service?.status satisfies number | undefined;
    error.toJSON().code satisfies AuthErrorCode;
    advice(error.code);
  }
  if (error instanceof AuthError) advice(error.code);
}

function advice(code: AuthErrorCode): string {
  switch (code) {
    case "throttled":
    case "network":
      return "try again";
    // @ts-expect-error: not a code
    case "throtled":
      return "";
    default:
      return code;
  }
}

// All 22 codes: neither one more nor one less than the contract's list.
const all: Record<AuthErrorCode, true> = {
  notConfigured: true,
  configuration: true,
  invalidState: true,
  notAuthorized: true,
  tokenRevoked: true,
  tokenExpired: true,
  missingScope: true,
  revocationDisabled: true,
  deferred: true,
  unconfirmed: true,
  throttled: true,
  network: true,
  timeout: true,
  aborted: true,
  userCancelled: true,
  popupBlocked: true,
  navigation: true,
  redirectNotCompleted: true,
  storage: true,
  service: true,
  moduleUnavailable: true,
  unknown: true,
};
console.log(all);

// @ts-expect-error: made by the package alone
new AuthError("network");

const unsubscribe = onSignedOut((event) => {
  expectTrue<Equal<typeof event, SignedOutEvent>>();
  switch (event.reason) {
    case "signOut":
    case "otherTab":
    case "restored":
      break;
    default:
      expectTrue<Equal<typeof event.reason, never>>();
  }
});
unsubscribe() satisfies void;
onSignedOut(() => undefined);
onSignedOut(async () => undefined);
// @ts-expect-error: a listener is due
onSignedOut();
