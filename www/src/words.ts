// The package's words in plain English.
import type {
  ReturnedSignOutResult,
  SignOutResult,
  SignOutStep,
} from "cognito-signout";

export type Result = SignOutResult | ReturnedSignOutResult;

/** What each step is. */
export const STEPS: Record<
  SignOutStep["step"],
  { name: string; what: string }
> = {
  popup: { name: "Popup", what: "The hosted UI ends its session in a popup" },
  clear: { name: "Clear", what: "The tokens leave the browser's storage" },
  refresh: {
    name: "Refresh",
    what: "A fresh access token, for the global sign-out",
  },
  globalSignOut: {
    name: "GlobalSignOut",
    what: "The server ends all sessions of the user",
  },
  forgetDevice: {
    name: "ForgetDevice",
    what: "The server forgets this device",
  },
  revokeToken: { name: "RevokeToken", what: "The server ends this session" },
  readBack: {
    name: "Read back",
    what: "The storage is read once more, in case a token came back",
  },
  navigate: {
    name: "Leave the page",
    what: "The browser goes to the hosted UI to end its session",
  },
};

/** A step in plain English, those of later versions too. */
export const stepWords = (step: SignOutStep): { name: string; what: string } =>
  STEPS[step.step] ?? { name: step.step, what: "" };

/** How a step ended. `deferred` is a step that was held back: it is to be done, and has not failed. */
export const outcomeOf = ({ outcome, code }: SignOutStep) =>
  code === "deferred" ? "held back" : outcome;

/** The errors of a result, by the name of their field. */
export function errorsOf(result: Result) {
  if (result.status === "complete") return [];
  const isHeldBack = result.revokeTokenError?.error.code === "deferred";
  const fields = [
    [
      "error",
      "Not signed out here",
      result.status === "failed" ? { error: result.error } : undefined,
    ],
    [
      "revokeTokenError",
      isHeldBack
        ? "The refresh token is revoked after the other sessions"
        : "The refresh token is not known to be revoked",
      result.revokeTokenError,
    ],
    [
      "globalSignOutError",
      "The other sessions are not known to have ended",
      result.globalSignOutError,
    ],
    [
      "hostedUIError",
      "The hosted UI's session is not known to have ended",
      result.status === "partial" ? result.hostedUIError : undefined,
    ],
    [
      "forgetDeviceError",
      "The device is not known to be forgotten",
      result.status === "partial" ? result.forgetDeviceError : undefined,
    ],
  ] as const;
  return fields.flatMap(([field, title, value]) =>
    value ? [{ field, title, error: value.error }] : [],
  );
}

/** What a result means for the user, in a sentence. */
export function meaning(
  result: Result,
  place: string,
  returned: boolean,
): string {
  switch (result.status) {
    case "complete":
      if (!result.wasSignedIn)
        return `No session was found ${place}. Nothing was left to do.`;
      if (returned)
        return `Signed out ${place}, and of the hosted UI, which has sent you back here.`;
      return result.logoutUrl
        ? `Signed out ${place}. The hosted UI's own session ends once the logout URL is followed.`
        : `Signed out ${place}, and all that was asked for is done.`;
    case "partial":
      return `Signed out ${place}. Beyond it, something is not known to be done.`;
    case "failed":
      return `Not signed out ${place}: the session is still there.`;
  }
}
