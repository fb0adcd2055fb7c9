// What is left to do where there is no engine, or it broke: remove this client's keys, read back, and say so.
import { faceError } from "./errors.js";
import { hide } from "./results.js";

/** The client id, in whatever shape the configuration has. @param {any} config @returns {string | undefined} */
export function clientIdOf(config) {
  try {
    return (
      config.userPoolClientId ??
      config.auth?.user_pool_client_id ??
      config.Auth?.Cognito?.userPoolClientId ??
      config.aws_user_pools_web_client_id ??
      config.Auth?.userPoolWebClientId ??
      config.client_id
    );
  } catch {
    return undefined;
  }
}

/**
 * A web storage, where the page may use it.
 * @param {"localStorage" | "sessionStorage"} name
 * @returns {Storage | undefined}
 */
export function webStorage(name) {
  try {
    return globalThis[name] ?? undefined;
  } catch {
    return undefined;
  }
}

// Device keys stay: a remembered device survives a sign-out.
const KEPT = /\.(deviceKey|deviceGroupKey|randomPasswordKey)$/;

/**
 * The keys of this client's sessions in a storage.
 * @param {Storage} storage
 * @param {string} clientId
 */
const keysOf = (storage, clientId) =>
  Object.keys(storage).filter(
    (key) =>
      (key.startsWith(`CognitoIdentityServiceProvider.${clientId}.`) &&
        !KEPT.test(key)) ||
      (key.startsWith("oidc.user:") && key.endsWith(`:${clientId}`)),
  );

/**
 * Removes the sessions, reads back, and makes the result of a sign-out whose remote steps are unknown.
 * @param {any} config
 * @param {any} options
 * @param {import("cognito-signout").AuthErrorCode} code
 * @param {unknown} cause
 * @param {(left: { refreshToken?: string | undefined, accessToken?: string | undefined }) => Promise<any>} retry
 */
export function lastResort(config, options, code, cause, retry) {
  const clientId = clientIdOf(config) ?? "";
  const stores = [webStorage("localStorage"), webStorage("sessionStorage")];
  const configured = config?.storage ?? "local";
  // Other storages can't be reached from here, so nothing can be said of them.
  let removed =
    (configured === "local" && !!stores[0]) ||
    (configured === "session" && !!stores[1]);
  let wasSignedIn = false;
  /** @type {string | undefined} */
  let refreshToken;
  /** @type {string | undefined} */
  let accessToken;
  for (const storage of stores) {
    if (!storage) continue;
    try {
      for (const key of keysOf(storage, clientId)) {
        const value = storage.getItem(key) ?? undefined;
        if (key.endsWith(".refreshToken")) refreshToken ??= value;
        if (key.endsWith(".accessToken")) accessToken ??= value;
        wasSignedIn = true;
        storage.removeItem(key);
      }
      if (keysOf(storage, clientId).length > 0) removed = false;
    } catch {
      removed = false;
    }
  }
  const error = faceError(code, cause);
  const revokeTokenError = { error };
  const globalSignOutError = { error };
  hide(revokeTokenError, "refreshToken", refreshToken);
  hide(globalSignOutError, "accessToken", accessToken);
  const remote = {
    ...(config?.tokenRevocation !== false && { revokeTokenError }),
    ...(asks(options, "global") && { globalSignOutError }),
  };
  if (!removed)
    return {
      status: "failed",
      signedOutLocally: false,
      error: code === "moduleUnavailable" ? error : faceError("storage", cause),
      ...remote,
      steps: [],
    };
  const hosted = asks(options, "hostedUI");
  const result = {
    status: "partial",
    signedOutLocally: true,
    wasSignedIn,
    ...remote,
    ...((hosted === "redirect" || hosted === "popup") && {
      hostedUIError: { error },
    }),
    steps: [],
  };
  hide(result, "retry", () => retry({ refreshToken, accessToken }));
  return result;
}

/**
 * An option, whatever its getter does.
 * @param {any} options
 * @param {string} name
 */
export function asks(options, name) {
  try {
    return options?.[name];
  } catch {
    return undefined;
  }
}
