// The fixtures are of the types that signOut() gives.
import type {
  AuthError,
  SignOutComplete,
  SignOutFailed,
  SignOutPartial,
  SignOutResult,
} from "cognito-signout";
import {
  authError,
  completeResult,
  failedResult,
  partialResult,
} from "cognito-signout/testing";
import { expectTrue, type Equal } from "./expect.js";

expectTrue<Equal<ReturnType<typeof authError>, AuthError>>();
expectTrue<Equal<ReturnType<typeof completeResult>, SignOutComplete>>();
expectTrue<Equal<ReturnType<typeof partialResult>, SignOutPartial>>();
expectTrue<Equal<ReturnType<typeof failedResult>, SignOutFailed>>();

const results: SignOutResult[] = [
  completeResult({ wasSignedIn: false, logoutUrl: "https://example.com/" }),
  partialResult({ revokeTokenError: "network" }),
  partialResult({
    globalSignOutError: { error: authError("timeout"), accessToken: "a" },
    retry: () => failedResult("aborted"),
  }),
  failedResult("storage", { revokeTokenError: "network" }),
];
console.log(results);

// @ts-expect-error: there is no such code
authError("nework");
// @ts-expect-error: there is no such field
partialResult({ revokeError: "network" });
