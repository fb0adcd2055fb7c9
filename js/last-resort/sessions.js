// The sessions of this client in the page's own places: found, removed, read back.
import {
  CLIENT,
  DEVICE,
  GUEST,
  OIDC,
  PREFIX,
  SESSION,
  SHARED,
} from "../../.build/keys.js";
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
  const last = place.read(`${prefix}LastAuthUser`);
  const listed = place.read(`${prefix}AuthUserList`) ?? "";
  const others =
    last === null
      ? []
      : listed.split(",").filter((user) => user && user !== last);
  const keys = place.names().filter((key) => {
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
      for (const key of found.keys) {
        const value = place.read(key) ?? "";
        const [, user, name] = /^(.*)\.(\w+Token)$/s.exec(key) ?? [];
        if (user && name) (sessions[user] ??= {})[name] = value;
        // Amplify v5's names no client.
        if (key === "amplify-signin-with-hostedUI") flag ||= value === "true";
        if (key.endsWith(".oauthSignIn"))
          left.hostedUI ||= value.startsWith("true");
        if (key.startsWith(oidcUserOf(config))) {
          // The hosted UI signed its user in.
          left.hostedUI = true;
          sessions[key] = oidcTokens(value);
        }
      }
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
