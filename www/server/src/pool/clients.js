import { randomInt } from "node:crypto";

import {
  checkBoolean,
  checkChoice,
  checkInteger,
  checkObject,
  checkText,
  checkTexts,
  checkUrls,
} from "./check.js";

/** @import { AuthFlow, Client, ClientInfo } from "../types.d.ts" */
/** @typedef {ClientInfo & { secret: string | null }} StoredClient */

export const ADMIN_SCOPE = "aws.cognito.signin.user.admin";
export const SCOPES = ["openid", "email", "phone", "profile", ADMIN_SCOPE];

/** @type {AuthFlow[]} */
const FLOWS = ["USER_PASSWORD_AUTH", "USER_SRP_AUTH", "REFRESH_TOKEN_AUTH"];
const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
const FIELDS = [
  "id",
  "secret",
  "callbackUrls",
  "logoutUrls",
  "scopes",
  "accessTokenSeconds",
  "idTokenSeconds",
  "refreshTokenSeconds",
  "tokenRevocation",
  "rotation",
  "authFlows",
  "devices",
];

function newClientId() {
  return Array.from({ length: 26 }, () => ALPHABET[randomInt(36)]).join("");
}

/** @param {unknown} value @returns {ClientInfo["rotation"]} */
function checkRotation(value) {
  if (value === false) return false;
  const { graceSeconds } = checkObject(value, "rotation", ["graceSeconds"]);
  if (checkInteger(graceSeconds, "rotation.graceSeconds", 0) > 60)
    throw new TypeError('"rotation.graceSeconds" must be at most 60.');
  return { graceSeconds: Number(graceSeconds) };
}

/** The app clients of the pool. */
export class Clients {
  /** @type {Map<string, StoredClient>} */
  #byId = new Map();

  /** @param {Client} client @returns {StoredClient} */
  add(client) {
    const given = checkObject(client, "client", FIELDS);
    /** @param {string} field @param {number} otherwise */
    const seconds = (field, otherwise) =>
      checkInteger(given[field] ?? otherwise, field, 1);
    /** @type {StoredClient} */
    const stored = {
      id: checkText(given["id"] ?? newClientId(), "id"),
      secret:
        given["secret"] === undefined
          ? null
          : checkText(given["secret"], "secret"),
      callbackUrls: checkUrls(given["callbackUrls"] ?? [], "callbackUrls"),
      logoutUrls: checkUrls(given["logoutUrls"] ?? [], "logoutUrls"),
      scopes: checkTexts(given["scopes"] ?? SCOPES, "scopes").map((scope) =>
        checkChoice(scope, "scopes", SCOPES),
      ),
      accessTokenSeconds: seconds("accessTokenSeconds", 3600),
      idTokenSeconds: seconds("idTokenSeconds", 3600),
      refreshTokenSeconds: seconds("refreshTokenSeconds", 30 * 24 * 3600),
      tokenRevocation: checkBoolean(
        given["tokenRevocation"] ?? true,
        "tokenRevocation",
      ),
      rotation: checkRotation(given["rotation"] ?? false),
      authFlows: checkTexts(given["authFlows"] ?? FLOWS, "authFlows").map(
        (flow) => checkChoice(flow, "authFlows", FLOWS),
      ),
      devices: checkChoice(given["devices"] ?? "off", "devices", [
        "off",
        "always",
        "optIn",
      ]),
    };
    this.#byId.set(stored.id, stored);
    return stored;
  }

  /** @param {string} id */
  get(id) {
    return this.#byId.get(id);
  }

  /** @param {string} id @returns {boolean} whether there was one */
  remove(id) {
    return this.#byId.delete(id);
  }

  clear() {
    this.#byId.clear();
  }

  /** @returns {ClientInfo[]} */
  list() {
    return [...this.#byId.values()].map(describeClient);
  }
}

/** @param {StoredClient} client @returns {ClientInfo} */
export function describeClient(client) {
  const { secret: _, ...shown } = client;
  return shown;
}
