// The sessions of this client in the page's own places: found, removed, read back.
import {
  CLIENT,
  DEVICE,
  GUEST,
  PREFIX,
  SESSION,
  SHARED,
} from "../../.build/keys.js";
import { placesOf } from "./places.js";
import { clientIdOf, identityPoolOf, storageOf } from "./settings.js";

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
  const last = place.read(`${prefix}LastAuthUser`);
  const listed = place.read(`${prefix}AuthUserList`) ?? "";
  const others =
    last === null
      ? []
      : listed.split(",").filter((user) => user && user !== last);
  const shared = [
    ...SHARED,
    ...GUEST.map((key) => key.replace("*", identityPoolOf(config))),
  ];
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
