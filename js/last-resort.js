// What is left to do where there is no engine, or it broke: remove this client's keys, read back, and say so.
import { hide, hideRetry } from "./results.js";

/** The client id, in whatever shape the configuration has. @param {any} config @returns {string | undefined} */
export function clientIdOf(config) {
  try {
    return (
      config.userPoolClientId ??
      config.auth?.user_pool_client_id ??
      config.Auth?.Cognito?.userPoolClientId ??
      config.aws_user_pools_web_client_id ??
      config.Auth?.userPoolWebClientId ??
      config.userPoolWebClientId ??
      config.client_id
    );
  } catch {
    return undefined;
  }
}

/**
 * Where the tokens are, in whatever shape the configuration has: one of our own words, or a storage.
 * @param {any} config
 */
function storageOf(config) {
  try {
    const { storage, Auth, cookieStorage, userStore, authority } = config;
    if (typeof storage === "string" || storage?.getItem) return storage;
    if (cookieStorage || Auth?.cookieStorage) return "cookie";
    return (
      Auth?.storage ?? userStore?._store ?? (authority ? "session" : "local")
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
 * What is known of a sign-out beyond this device.
 * @typedef {object} Left
 * @property {boolean} found a session was found
 * @property {boolean} reachable the configured storage can be read from here
 * @property {boolean} [hostedUI] it came from the hosted UI
 * @property {string | undefined} [refreshToken]
 * @property {string | undefined} [accessToken]
 */

/**
 * The sessions of this client that lie in the web storages.
 * @param {any} config
 * @param {(storage: Storage, keys: string[]) => void} [act] what to do with the keys of each storage
 * @returns {Left}
 */
export function stored(config, act) {
  const clientId = clientIdOf(config) ?? "";
  const configured = storageOf(config);
  /** @type {Left} */
  const left = { found: false, reachable: false };
  for (const name of /** @type {const} */ (["local", "session"])) {
    const storage = webStorage(`${name}Storage`);
    if (!storage) continue;
    try {
      const keys = keysOf(storage, clientId);
      for (const key of keys) {
        const value = storage.getItem(key) ?? undefined;
        if (key.endsWith(".refreshToken")) left.refreshToken ??= value;
        if (key.endsWith(".accessToken")) left.accessToken ??= value;
        if (key.endsWith(".oauthSignIn"))
          left.hostedUI ||= /^true/.test(value ?? "");
        if (key.startsWith("oidc.")) readOidcUser(left, value);
        if (/Token$|^oidc\./.test(key)) left.found = true;
      }
      act?.(storage, keys);
      // Other storages can't be reached from here, so nothing can be said of them.
      if (name === configured || storage === configured) left.reachable = true;
    } catch {
      // Nor of one that can't be read.
    }
  }
  return left;
}

/**
 * The record of oidc-client-ts: the hosted UI signed its user in.
 * @param {Left} left
 * @param {string | undefined} record
 */
function readOidcUser(left, record) {
  left.hostedUI = true;
  try {
    const { refresh_token, access_token } = JSON.parse(record ?? "");
    left.refreshToken ??= refresh_token;
    left.accessToken ??= access_token;
  } catch {
    // What can't be read holds no token that could be revoked.
  }
}

/**
 * Removes the sessions and reads back.
 * @param {any} config
 * @returns {Left & { removed: boolean }}
 */
export function removeStored(config) {
  let removed = true;
  const clientId = clientIdOf(config) ?? "";
  const left = stored(config, (storage, keys) => {
    for (const key of keys) {
      try {
        storage.removeItem(key);
      } catch {
        // Whether it is gone is read back.
      }
    }
    removed &&= keysOf(storage, clientId).length === 0;
  });
  return { ...left, removed: removed && left.reachable };
}

/**
 * The errors of what was asked for and is not known to be done.
 * @param {any} config
 * @param {any} options
 * @param {Left} left
 * @param {import("./errors.js").AuthError} error
 */
export function errorsOf(config, options, left, error) {
  const hosted = asks(options, "hostedUI") ?? "auto";
  // Of a storage that can't be read, all is unknown.
  const found = left.found || !left.reachable;
  /** @type {Record<string, any>} */
  const errors = {};
  if (
    config?.tokenRevocation !== false &&
    (left.refreshToken || !left.reachable)
  )
    hide(
      (errors.revokeTokenError = { error }),
      "refreshToken",
      left.refreshToken,
    );
  if (found && asks(options, "global"))
    hide(
      (errors.globalSignOutError = { error }),
      "accessToken",
      left.accessToken,
    );
  if (hosted === "auto" ? left.hostedUI : hosted !== "none")
    errors.hostedUIError = { error };
  if (found && asks(options, "forgetDevice"))
    errors.forgetDeviceError = { error };
  return errors;
}

/**
 * The result of a sign-out that has removed the sessions.
 * @param {boolean} wasSignedIn
 * @param {Record<string, any>} errors
 * @param {string | undefined} logoutUrl
 * @param {() => Promise<any>} retry
 */
export function signedOut(wasSignedIn, errors, logoutUrl, retry) {
  const partial = Object.keys(errors).length > 0;
  const result = {
    status: partial ? "partial" : "complete",
    signedOutLocally: true,
    wasSignedIn,
    ...errors,
    ...(logoutUrl && { logoutUrl }),
    steps: [],
  };
  if (partial) hideRetry(result, retry);
  return result;
}

/**
 * One request without the engine.
 * @param {any} config
 * @param {"RevokeToken" | "GlobalSignOut"} operation
 * @param {object} body
 */
export async function plainRequest(config, operation, body) {
  const answer = await fetch(endpointOf(config), {
    method: "POST",
    headers: {
      "Content-Type": "application/x-amz-json-1.1",
      "X-Amz-Target": `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify(body),
    credentials: "omit",
    redirect: "error",
    keepalive: true,
    signal: AbortSignal.timeout(5000),
  });
  // A captive portal says 200 too.
  const text = await answer.text();
  if (answer.status !== 200 || !/^\s*(\{.*\})?\s*$/s.test(text))
    throw new Error(`HTTP ${answer.status}`);
}

/** Where Cognito is, for whatever shape the configuration has. @param {any} config */
function endpointOf(config) {
  const amplify = config.Auth?.Cognito;
  const given = config.userPoolEndpoint ?? amplify?.userPoolEndpoint;
  if (given) {
    const { href, protocol, hostname } = new URL(given);
    if (
      protocol !== "https:" &&
      !/^(localhost|127\..*|\[::1\])$/.test(hostname)
    )
      throw new Error("userPoolEndpoint must be https");
    return href;
  }
  /** @type {string} */
  const pool =
    config.userPoolId ??
    config.auth?.user_pool_id ??
    amplify?.userPoolId ??
    config.aws_user_pools_id ??
    config.Auth?.userPoolId ??
    config.authority?.split("/").pop();
  const region = pool.split("_")[0] ?? "";
  if (!/^[a-z0-9-]+$/.test(region)) throw new Error("no region");
  const zone = region.startsWith("cn-")
    ? "com.cn"
    : region.startsWith("eusc-")
      ? "eu"
      : "com";
  return `https://cognito-idp.${region}.amazonaws.${zone}/`;
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
