import { randomUUID } from "node:crypto";

import { atHash, epochSeconds, fingerprint } from "./jwt.js";
import { newRefreshToken } from "./refresh-token.js";
import { ADMIN_SCOPE } from "./clients.js";

/** @import { Revocation, Session, SessionOrigin, TokenState } from "../types.d.ts" */
/** @import { StoredClient } from "./clients.js" */
/** @import { StoredUser } from "./users.js" */

/**
 * @typedef {object} StoredSession one sign-in: a refresh token, its successors, and all that was made from them
 * @property {string} id the origin_jti
 * @property {string} eventId
 * @property {string} username
 * @property {string} clientId
 * @property {SessionOrigin} origin
 * @property {string[]} scopes
 * @property {number} authTime epoch seconds
 * @property {Date} createdAt
 * @property {false | Revocation} revoked
 * @property {number} refreshExpiresAt epoch seconds
 * @property {string} [deviceKey]
 * @property {string} [nonce]
 */

/**
 * @typedef {object} TokenRecord
 * @property {"access" | "id" | "refresh"} use
 * @property {StoredSession} session
 * @property {number} expiresAt epoch seconds
 * @property {number} [spentAt] epoch milliseconds: when the grace period of a rotated refresh token ends
 */

/**
 * @typedef {object} NewStoredSession
 * @property {StoredUser} user
 * @property {StoredClient} client
 * @property {SessionOrigin} [origin]
 * @property {string[]} [scopes]
 * @property {number} [authTime]
 * @property {string | undefined} [nonce]
 * @property {string | undefined} [deviceKey]
 * @property {number} [refreshTokenExpiresIn]
 */

/** @typedef {{ accessToken: string, idToken: string, expiresIn: number }} IssuedTokens */

/** Whether a refresh token was rotated away, and its grace period is over. @param {TokenRecord} record */
export function isSpent({ spentAt }) {
  return spentAt !== undefined && Date.now() >= spentAt;
}

/** Every session of the pool, whoever signed in and by whatever door, and every token made from it, by fingerprint. */
export class Sessions {
  /** @type {Map<string, StoredSession>} */
  #byId = new Map();
  /** @type {Map<string, TokenRecord>} */
  #tokens = new Map();
  #signer;
  #issuer;

  /** @param {import("./jwt.js").Signer} signer @param {string} issuer */
  constructor(signer, issuer) {
    this.#signer = signer;
    this.#issuer = issuer;
  }

  /** @param {NewStoredSession} wanted */
  open({ user, client, ...wanted }) {
    const origin = wanted.origin ?? "api";
    const now = epochSeconds();
    /** @type {StoredSession} */
    const session = {
      id: randomUUID(),
      eventId: randomUUID(),
      username: user.username,
      clientId: client.id,
      origin,
      scopes: wanted.scopes ?? (origin === "api" ? [ADMIN_SCOPE] : ["openid"]),
      authTime: wanted.authTime ?? now,
      createdAt: new Date(),
      revoked: false,
      refreshExpiresAt:
        now + (wanted.refreshTokenExpiresIn ?? client.refreshTokenSeconds),
      ...(wanted.deviceKey ? { deviceKey: wanted.deviceKey } : {}),
      ...(wanted.nonce ? { nonce: wanted.nonce } : {}),
    };
    this.#byId.set(session.id, session);
    return { session, refreshToken: this.issueRefreshToken(session) };
  }

  /** @param {StoredSession} session */
  issueRefreshToken(session) {
    const token = newRefreshToken();
    this.#record(token, "refresh", session, session.refreshExpiresAt);
    return token;
  }

  /**
   * @param {StoredSession} session
   * @param {StoredUser} user
   * @param {StoredClient} client
   * @param {number} [accessTokenExpiresIn] seconds
   * @returns {IssuedTokens}
   */
  issueTokens(session, user, client, accessTokenExpiresIn) {
    const now = epochSeconds();
    const expiresIn = accessTokenExpiresIn ?? client.accessTokenSeconds;
    const shared = {
      sub: user.attributes["sub"],
      iss: this.#issuer,
      ...(client.tokenRevocation || client.rotation
        ? { origin_jti: session.id }
        : {}),
      event_id: session.eventId,
      auth_time: session.authTime,
      // A token that has expired already was issued before that.
      iat: Math.min(now, now + expiresIn - 1),
    };
    const accessToken = this.#signer.sign({
      ...shared,
      ...(session.deviceKey ? { device_key: session.deviceKey } : {}),
      client_id: client.id,
      token_use: "access",
      scope: session.scopes.join(" "),
      exp: now + expiresIn,
      jti: randomUUID(),
      username: user.username,
      ...(session.origin === "hostedUI" ? { version: 2 } : {}),
    });
    const { sub: _, email_verified, ...attributes } = user.attributes;
    const idToken = this.#signer.sign({
      ...shared,
      ...attributes,
      ...(email_verified ? { email_verified: email_verified === "true" } : {}),
      ...(session.nonce ? { nonce: session.nonce } : {}),
      ...(session.origin === "hostedUI"
        ? { at_hash: atHash(accessToken) }
        : {}),
      "cognito:username": user.username,
      aud: client.id,
      token_use: "id",
      exp: now + client.idTokenSeconds,
      jti: randomUUID(),
    });
    this.#record(accessToken, "access", session, now + expiresIn);
    this.#record(idToken, "id", session, now + client.idTokenSeconds);
    return { accessToken, idToken, expiresIn };
  }

  /** @param {string} token */
  findToken(token) {
    return this.#tokens.get(fingerprint(token));
  }

  /** @param {string} id */
  get(id) {
    return this.#byId.get(id);
  }

  /** Ends one session: its refresh tokens and all that was made from them. @param {StoredSession} session @param {Revocation} by */
  revoke(session, by) {
    session.revoked ||= by;
  }

  /** Ends all sessions of a user, of every client. @param {string} username */
  revokeAll(username) {
    for (const session of this.#byId.values())
      if (session.username === username) this.revoke(session, "GlobalSignOut");
  }

  /** @param {string} sha256 hex @returns {TokenState} */
  tokenState(sha256) {
    const record = this.#tokens.get(sha256.toLowerCase());
    if (!record) return { known: false };
    const { use, session } = record;
    const reason = session.revoked
      ? "revoked"
      : record.expiresAt <= epochSeconds()
        ? "expired"
        : isSpent(record)
          ? "rotated"
          : undefined;
    return {
      known: true,
      use,
      valid: reason === undefined,
      ...(reason ? { reason } : {}),
      sessionId: session.id,
    };
  }

  /** @param {{ username?: string, clientId?: string }} [filter] @returns {Session[]} */
  list({ username, clientId } = {}) {
    return [...this.#byId.values()]
      .filter(
        (session) =>
          (username === undefined || session.username === username) &&
          (clientId === undefined || session.clientId === clientId),
      )
      .map((session) => this.#describe(session));
  }

  clear() {
    this.#byId.clear();
    this.#tokens.clear();
  }

  /** @param {StoredSession} session @returns {Session} */
  #describe(session) {
    const records = [...this.#tokens.values()].filter(
      (record) => record.session === session,
    );
    /** @param {TokenRecord["use"]} use */
    const count = (use) =>
      records.filter((record) => record.use === use).length;
    return {
      id: session.id,
      username: session.username,
      clientId: session.clientId,
      origin: session.origin,
      scopes: session.scopes,
      createdAt: session.createdAt.toISOString(),
      revoked: session.revoked,
      refreshTokenExpiresAt: new Date(
        session.refreshExpiresAt * 1000,
      ).toISOString(),
      accessTokens: count("access"),
      refreshTokens: count("refresh"),
      ...(session.deviceKey ? { deviceKey: session.deviceKey } : {}),
    };
  }

  /**
   * @param {string} token
   * @param {TokenRecord["use"]} use
   * @param {StoredSession} session
   * @param {number} expiresAt
   */
  #record(token, use, session, expiresAt) {
    this.#tokens.set(fingerprint(token), { use, session, expiresAt });
  }
}
