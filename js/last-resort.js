// What is left to do where there is no engine, or it broke: remove this client's keys, read back, and say so.
import {
  CLIENT,
  DEVICE,
  GUEST,
  PREFIX,
  SESSION,
  SHARED,
} from "../.build/keys.js";
import { hide, hideRefreshTokens, hideRetry } from "./results.js";

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

/**
 * A place where sessions lie.
 * @typedef {object} Place
 * @property {string} name what `storage` in the configuration calls it
 * @property {object} storage what may be given instead
 * @property {() => string[]} names
 * @property {(name: string) => string | null} read
 * @property {(name: string) => void} remove
 * @property {(name: string, value: string) => void} write
 */

/** @param {any} config @returns {Place[]} */
function placesOf(config) {
  /** @type {Place[]} */
  const places = [];
  for (const name of /** @type {const} */ (["local", "session"])) {
    const storage = webStorage(`${name}Storage`);
    if (storage)
      places.push({
        name,
        storage,
        names: () => Object.keys(storage),
        read: (key) => storage.getItem(key),
        remove: (key) => storage.removeItem(key),
        write: (key, value) => storage.setItem(key, value),
      });
  }
  if (globalThis.document) places.push(cookies(config.cookie));
  return places;
}

/** Those that scripts can see. @param {any} options @returns {Place} */
function cookies(options) {
  const all = () =>
    document.cookie.split(/; ?/).map((text) => {
      const [raw = "", ...value] = text.split("=");
      return { raw, name: plain(raw), value: plain(value.join("=")) };
    });
  /** @param {string} raw @param {string} rest */
  const put = (raw, rest) => {
    for (const domain of ["", `; domain=${options?.domain}`])
      if (!domain || options?.domain)
        document.cookie = `${raw}=${rest}; path=${options?.path ?? "/"}${domain}`;
  };
  return {
    name: "cookie",
    storage: document,
    names: () => all().map(({ name }) => name),
    read: (key) => all().find(({ name }) => name === key)?.value ?? null,
    remove: (key) => {
      for (const { raw, name } of all())
        if (name === key) put(raw, "; max-age=0");
    },
    write: (key, value) => {
      for (const { raw, name } of all())
        if (name === key) put(raw, encodeURIComponent(value));
    },
  };
}

/** @param {string} text */
function plain(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * What is to go from a place, and the users that stay: those of AuthUserList beside the current one.
 * @param {Place} place
 * @param {any} config
 * @param {boolean} forget the remembered device too
 */
function keysOf(place, config, forget) {
  const clientId = clientIdOf(config);
  const prefix = `${PREFIX}${clientId}.`;
  const last = place.read(`${prefix}LastAuthUser`);
  const listed = place.read(`${prefix}AuthUserList`) ?? "";
  const others =
    last === null
      ? []
      : listed.split(",").filter((user) => user && user !== last);
  const pool =
    config.identityPoolId ??
    config.auth?.identity_pool_id ??
    config.Auth?.Cognito?.identityPoolId ??
    config.Auth?.identityPoolId ??
    config.aws_cognito_identity_pool_id;
  const shared = [...SHARED, ...GUEST.map((key) => key.replace("*", pool))];
  const keys = place.names().filter((key) => {
    if (!key.startsWith(prefix))
      return (
        shared.includes(key) ||
        (key.startsWith("oidc.user:") && key.endsWith(`:${clientId}`))
      );
    const rest = key.slice(prefix.length);
    if (CLIENT.includes(rest)) return rest !== "AuthUserList" || !others[0];
    const dot = rest.lastIndexOf(".");
    const what = rest.slice(dot + 1);
    return (
      (SESSION.includes(what) || (forget && DEVICE.includes(what))) &&
      !others.includes(rest.slice(0, dot))
    );
  });
  const own = (/** @type {string} */ key) =>
    Number(key.startsWith(`${prefix}${last}.`));
  keys.sort((a, b) => own(b) - own(a));
  return { keys, list: `${prefix}AuthUserList`, others: others.join() };
}

/**
 * What is known of a sign-out beyond this device.
 * @typedef {object} Left
 * @property {boolean} found a session was found
 * @property {boolean} reachable the configured storage can be read from here
 * @property {boolean} [hostedUI] it came from the hosted UI
 * @property {string[]} refreshTokens of all sessions, the current user's first
 * @property {string | undefined} [accessToken]
 */

/**
 * The sessions of this client that lie in the page's own storages.
 * @param {any} config
 * @param {(place: Place, found: ReturnType<typeof keysOf>) => void} [act] what to do with the keys of each place
 * @param {boolean} [forget] the remembered device too
 * @returns {Left}
 */
export function stored(config, act, forget = false) {
  const configured = storageOf(config);
  /** @type {Left} */
  const left = { found: false, reachable: false, refreshTokens: [] };
  if (!clientIdOf(config)) return left;
  for (const place of placesOf(config)) {
    try {
      const found = keysOf(place, config, forget);
      for (const key of found.keys) {
        const value = place.read(key) ?? undefined;
        if (key.endsWith(".refreshToken") && value)
          left.refreshTokens.push(value);
        if (key.endsWith(".accessToken")) left.accessToken ??= value;
        if (key.endsWith(".oauthSignIn"))
          left.hostedUI ||= /^true/.test(value ?? "");
        if (key.startsWith("oidc.")) readOidcUser(left, value);
        if (/Token$|^oidc\./.test(key)) left.found = true;
      }
      act?.(place, found);
      // Other storages can't be reached from here, so nothing can be said of them.
      if (place.name === configured || place.storage === configured)
        left.reachable = true;
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
    if (refresh_token) left.refreshTokens.push(refresh_token);
    left.accessToken ??= access_token;
  } catch {
    // What can't be read holds no token that could be revoked.
  }
}

/**
 * Removes the sessions and reads back.
 * @param {any} config
 * @param {boolean} forget the remembered device too
 * @returns {Left & { removed: boolean }}
 */
export function removeStored(config, forget) {
  let removed = true;
  const left = stored(
    config,
    (place, { keys, list, others }) => {
      for (const key of keys) {
        try {
          place.remove(key);
        } catch {
          // Whether it is gone is read back.
        }
      }
      const names = place.names();
      removed &&= !keys.some(
        (key) => !SHARED.includes(key) && names.includes(key),
      );
      if (others) place.write(list, others);
    },
    forget,
  );
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
    (left.refreshTokens[0] || !left.reachable)
  )
    hideRefreshTokens(
      (errors.revokeTokenError = { error }),
      left.refreshTokens,
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
 * Where the hosted UI ends its session, and which sign-out URL it sends the user back to: by the contract's rule.
 * @param {any} config
 * @param {any} options
 * @returns {string | undefined}
 */
export function logoutUrlOf(config, options) {
  try {
    const oauth =
      config.hostedUI ??
      config.auth?.oauth ??
      config.Auth?.Cognito?.loginWith?.oauth ??
      config.Auth?.oauth ??
      config.oauth;
    const given = oauth.redirectSignOut ?? oauth.redirect_sign_out_uri;
    /** @type {string[]} */
    const redirects = typeof given === "string" ? given.split(",") : given;
    const explicit =
      asks(options, "redirectUrl") ??
      asks(asks(options, "oauth"), "redirectUrl");
    const loopback = /^(localhost|127\..*|\[::1\])$/;
    const rank = (/** @type {string} */ redirect) => {
      const url = new URL(redirect);
      if (url.origin !== location.origin)
        return loopback.test(url.hostname) && !loopback.test(location.hostname)
          ? 0
          : 1;
      const own = location.pathname.split("/");
      const parts = url.pathname.split("/");
      const end = parts.findIndex((part, i) => part !== own[i]);
      return 2 + (end < 0 ? parts.length : end);
    };
    const back = explicit
      ? redirects.find((redirect) => redirect === explicit)
      : redirects
          .map((redirect) => ({ redirect, rank: rank(redirect) }))
          .filter(({ rank }) => rank)
          // It is stable: of equals, the first configured one stays.
          .sort((a, b) => b.rank - a.rank)[0]?.redirect;
    const { domain } = oauth;
    const { origin } = new URL(
      domain.includes("://") ? domain : `https://${domain}`,
    );
    return (
      back &&
      `${origin}/logout?client_id=${encodeURIComponent(clientIdOf(config) ?? "")}&logout_uri=${encodeURIComponent(back)}`
    );
  } catch {
    return undefined;
  }
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
