import { fingerprint } from "../pool/jwt.js";
import {
  checkBoolean,
  checkChoice,
  checkInteger,
  checkObject,
  checkText,
  checkTexts,
} from "../pool/check.js";
import { describeClient, SCOPES } from "../pool/clients.js";
import { CLIENT_ID, USER_POOL_ID } from "../pool/pool.js";
import { describeUser } from "../pool/users.js";

/** @import { Control, NewSession, NewTokens } from "../types.d.ts" */
/** @import { Faults } from "../faults/faults.js" */
/** @import { Storage } from "../hosted-ui/storage.js" */
/** @import { BrowserConnections } from "../http/browser-connections.js" */
/** @import { Pool } from "../pool/pool.js" */
/** @import { RequestLog } from "../request-log.js" */

/** @typedef {{ pool: Pool, faults: Faults, log: RequestLog, hostedUI: Storage, httpsOrigin: string | undefined, connections: BrowserConnections }} Parts */

/** What a control call names is not there. */
export class NotFound extends TypeError {}

/**
 * @template T
 * @param {T} found
 * @param {string} what
 * @returns {NonNullable<T>}
 */
function must(found, what) {
  if (!found) throw new NotFound(`There is no ${what}.`);
  return found;
}

/** @param {Parts} parts @returns {Control} */
export function createControl(parts) {
  const { pool, faults, log, hostedUI, connections } = parts;
  const { httpsOrigin } = parts;
  return {
    info: () => ({
      origin: pool.origin,
      ...(httpsOrigin ? { httpsOrigin } : {}),
      issuer: pool.issuer,
      userPoolId: USER_POOL_ID,
      clientId: CLIENT_ID,
      configure: {
        userPoolId: USER_POOL_ID,
        userPoolClientId: CLIENT_ID,
        userPoolEndpoint: pool.origin,
        hostedUI: {
          domain: pool.origin,
          redirectSignOut: pool.clients.get(CLIENT_ID)?.logoutUrls ?? [],
        },
      },
    }),
    reset() {
      pool.reset();
      hostedUI.clear();
      faults.clear();
      log.clear();
    },

    users: () => pool.users.list(),
    addUser: (user) => describeUser(pool.users.add(user)),
    removeUser: (name) => void must(pool.users.remove(name), "such user"),

    clients: () => pool.clients.list(),
    addClient: (client) => describeClient(pool.clients.add(client)),
    removeClient: (id) => void must(pool.clients.remove(id), "such client"),

    sessions: (filter) => pool.sessions.list(filter),
    addSession: (session) => addSession(pool, session),
    endSession: (id) =>
      pool.sessions.revoke(
        must(pool.sessions.get(id), "such session"),
        "control",
      ),
    hostedUISessions: () => hostedUI.sessions(),
    token: (sha256) => pool.sessions.tokenState(sha256),
    isTokenValid(token) {
      const state = pool.sessions.tokenState(fingerprint(token));
      return state.known && state.valid;
    },

    faults: () => faults.list(),
    addFault(fault) {
      const active = faults.add(fault);
      if (active.drop) connections.closeIdle();
      return active;
    },
    removeFault: (id) => void must(faults.remove(id), "such fault"),
    clearFaults: (filter) => faults.clear(filter),

    requests: (filter) => log.list(filter),
    clearRequests: () => log.clear(),
  };
}

/** @param {unknown} value @param {string} field */
function optionalSeconds(value, field) {
  return value === undefined
    ? undefined
    : checkInteger(value, field, Number.MIN_SAFE_INTEGER);
}

/** Signs a user in with no password. @param {Pool} pool @param {NewSession} wanted @returns {NewTokens} */
function addSession(pool, wanted) {
  const given = checkObject(wanted, "session", [
    "username",
    "clientId",
    "origin",
    "scopes",
    "accessTokenExpiresIn",
    "refreshTokenExpiresIn",
    "rememberedDevice",
  ]);
  const name = checkText(given["username"], "username");
  const user = must(pool.users.get(name), "such user");
  const id = checkText(given["clientId"] ?? CLIENT_ID, "clientId");
  const client = must(pool.clients.get(id), "such client");
  const origin = checkChoice(given["origin"] ?? "api", "origin", [
    "api",
    "hostedUI",
  ]);
  const scopes =
    given["scopes"] === undefined
      ? undefined
      : checkTexts(given["scopes"], "scopes").map((scope) =>
          checkChoice(scope, "scopes", SCOPES),
        );
  const accessExpiry = optionalSeconds(
    given["accessTokenExpiresIn"],
    "accessTokenExpiresIn",
  );
  const refreshExpiry = optionalSeconds(
    given["refreshTokenExpiresIn"],
    "refreshTokenExpiresIn",
  );
  const onDevice = checkBoolean(
    given["rememberedDevice"] ?? false,
    "rememberedDevice",
  );
  const device = onDevice ? pool.devices.add(user.username) : undefined;
  if (device) device.remembered = true;

  const { session, refreshToken } = pool.sessions.open({
    user,
    client,
    origin,
    ...(scopes ? { scopes } : {}),
    ...(device ? { deviceKey: device.key } : {}),
    ...(refreshExpiry === undefined
      ? {}
      : { refreshTokenExpiresIn: refreshExpiry }),
  });
  const issued = pool.sessions.issueTokens(session, user, client, accessExpiry);
  return {
    sessionId: session.id,
    username: user.username,
    accessToken: issued.accessToken,
    idToken: issued.idToken,
    refreshToken,
    ...(device ? { deviceKey: device.key } : {}),
  };
}
