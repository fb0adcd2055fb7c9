// The sessions of this client in the page's own places: found, removed, read back.
import {
  CLIENT,
  DEVICE,
  GUEST,
  LAST_USER,
  OIDC,
  PREFIX,
  SESSION,
  SHARED,
  USER_LIST,
} from "../keys.js";
import { placesOf } from "./places.js";
import {
  clientIdOf,
  identityPoolOf,
  oidcUserOf,
  storageOf,
} from "./settings.js";

/** @typedef {import("./places.js").Place} Place */

/**
 * What is to go from a place, and the users that stay: those of AuthUserList beside the current one.
 * @param {Place} place
 * @param {any} config
 * @param {boolean} forget the remembered device too
 */
function keysOf(place, config, forget) {
  const clientId = clientIdOf(config);
  const prefix = `${PREFIX}${clientId}.`;
  const last = place.read(`${prefix}${LAST_USER}`);
  const list = place.read(`${prefix}${USER_LIST}`) ?? "";
  const names = place.names();
  const users = names
    .map((key) => userOf(key, prefix))
    .filter((user) => user !== undefined);
  const others = users.filter(
    (user) => last !== null && user !== last && without(list, [user]).isListed,
  );
  const ended = users.filter((user) => !others.includes(user));
  const { left } = without(list, last === null ? ended : [last, ...ended]);
  const keys = names.filter((key) => {
    if (!key.startsWith(prefix))
      return (
        SHARED.includes(key) ||
        GUEST.some(
          (guest) => key === guest.replace("*", identityPoolOf(config)),
        ) ||
        (key.startsWith(oidcUserOf(config)) && key.endsWith(`:${clientId}`)) ||
        // A sign-in under way says in its value whose it is.
        (key.startsWith(OIDC) &&
          place.read(key)?.includes(`"client_id":"${clientId}"`))
      );
    const rest = key.slice(prefix.length);
    if (CLIENT.includes(rest)) return rest !== USER_LIST || !left;
    const user = userOf(key, prefix);
    return (
      user !== undefined &&
      (forget || !DEVICE.includes(rest.slice(user.length + 1))) &&
      !others.includes(user)
    );
  });
  const own = (/** @type {string} */ key) =>
    Number(key.startsWith(`${prefix}${last}.`));
  keys.sort((a, b) => own(b) - own(a));
  return { keys, list: `${prefix}${USER_LIST}`, left };
}

/**
 * The user whose key it is; the name may hold dots.
 * @param {string} key
 * @param {string} prefix
 */
function userOf(key, prefix) {
  const dot = key.lastIndexOf(".");
  const what = key.slice(dot + 1);
  return key.startsWith(prefix) &&
    dot >= prefix.length &&
    (SESSION.includes(what) || DEVICE.includes(what))
    ? key.slice(prefix.length, dot)
    : undefined;
}

/**
 * A comma-joined list without these users. A name may hold a comma itself, so the list can't simply be split.
 * @param {string} list
 * @param {string[]} users
 */
function without(list, users) {
  let left = "";
  let isListed = false;
  for (let rest = list; rest;) {
    const user = users.find((name) => `${rest},`.startsWith(`${name},`));
    const [first = ""] = rest.split(",");
    if (user === undefined) left += (left && ",") + first;
    else isListed = true;
    rest = rest.slice((user ?? first).length + 1);
  }
  return { left, isListed };
}

/** @typedef {{ accessToken?: string, idToken?: string, refreshToken?: string }} Tokens */

/**
 * What is known of a sign-out beyond this device.
 * @typedef {object} Left
 * @property {Tokens[]} sessions the current user's first
 * @property {boolean} reachable the configured storage can be read from here
 * @property {boolean} [hostedUI] a session came from the hosted UI
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
  const left = { sessions: [], reachable: false };
  let flag = false;
  if (!clientIdOf(config)) return left;
  for (const place of placesOf(config)) {
    try {
      const found = keysOf(place, config, forget);
      /** @type {Record<string, any>} */
      const sessions = {};
      for (const key of new Set(found.keys))
        place.readAll(key).forEach((value, copy) => {
          const [, user, name] = /^(.*)\.(\w+Token)$/s.exec(key) ?? [];
          if (user && name) (sessions[`${copy} ${user}`] ??= {})[name] = value;
          // Amplify v5's names no client.
          if (key === "amplify-signin-with-hostedUI") flag ||= value === "true";
          if (key.endsWith(".oauthSignIn"))
            left.hostedUI ||= value.startsWith("true");
          if (key.startsWith(oidcUserOf(config))) {
            // The hosted UI signed its user in.
            left.hostedUI = true;
            sessions[`${copy} ${key}`] = oidcTokens(value);
          }
        });
      left.sessions.push(...Object.values(sessions));
      act?.(place, found);
      // Other storages can't be reached from here, so nothing can be said of them.
      if (place.name === configured || place.storage === configured)
        left.reachable = true;
    } catch {
      // Nor of one that can't be read.
    }
  }
  // What the session itself says goes before a flag that may be an older sign-in's.
  left.hostedUI ??= flag;
  return left;
}

/** @param {string} record that of oidc-client-ts @returns {Tokens} */
function oidcTokens(record) {
  try {
    const { access_token, id_token, refresh_token } = JSON.parse(record);
    return {
      accessToken: access_token,
      idToken: id_token,
      refreshToken: refresh_token,
    };
  } catch {
    // What can't be read holds no token that could be revoked.
    return {};
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
    (place, { keys, list, left }) => {
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
      if (left && left !== place.read(list)) place.write(list, left);
    },
    forget,
  );
  return { ...left, removed: removed && left.reachable };
}
