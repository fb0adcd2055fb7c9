import { randomUUID } from "node:crypto";

import { verifierOf } from "./srp.js";
import { checkChoice, checkObject, checkText } from "./check.js";

/** @import { User, UserInfo } from "../types.d.ts" */

/**
 * @typedef {object} StoredUser
 * @property {string} username
 * @property {string} password
 * @property {Record<string, string>} attributes with `sub`
 * @property {User["mfa"]} mfa
 * @property {string} mfaCode
 * @property {import("./srp.js").Verifier | null} verifier made when first needed
 */

const MFA = /** @type {const} */ (["SMS_MFA", "SOFTWARE_TOKEN_MFA"]);
const FIELDS = ["username", "password", "attributes", "mfa", "mfaCode"];

/** The users of the pool, by name; `email` and `phone_number` work as names too, as in a pool with aliases. */
export class Users {
  /** @type {Map<string, StoredUser>} */
  #byName = new Map();

  /** @param {User} user @returns {StoredUser} */
  add(user) {
    const given = checkObject(user, "user", FIELDS);
    const username = checkText(given["username"], "username");
    const attributes = given["attributes"]
      ? checkObject(
          given["attributes"],
          "user's attributes",
          Object.keys(given["attributes"]),
        )
      : {};
    for (const [name, value] of Object.entries(attributes))
      checkText(value, `attributes.${name}`);
    /** @type {Record<string, string>} */
    const email = username.includes("@")
      ? { email: username, email_verified: "true" }
      : {};
    /** @type {StoredUser} */
    const stored = {
      username,
      password: checkText(given["password"], "password"),
      attributes: {
        sub: this.#byName.get(username)?.attributes["sub"] ?? randomUUID(),
        ...email,
        .../** @type {Record<string, string>} */ (attributes),
      },
      mfa:
        given["mfa"] === undefined
          ? undefined
          : checkChoice(given["mfa"], "mfa", MFA),
      mfaCode: checkText(given["mfaCode"] ?? "123456", "mfaCode"),
      verifier: null,
    };
    this.#byName.set(username, stored);
    return stored;
  }

  /** @param {string} username @returns {boolean} whether there was one */
  remove(username) {
    return this.#byName.delete(username);
  }

  clear() {
    this.#byName.clear();
  }

  /** By the exact username. @param {string} username */
  get(username) {
    return this.#byName.get(username);
  }

  /** By whatever the person typed. @param {string} name */
  find(name) {
    return (
      this.#byName.get(name) ??
      [...this.#byName.values()].find(
        ({ attributes }) =>
          attributes["email"] === name || attributes["phone_number"] === name,
      )
    );
  }

  all() {
    return [...this.#byName.values()];
  }

  /** @returns {UserInfo[]} */
  list() {
    return this.all().map(describeUser);
  }
}

/** @param {StoredUser} user @returns {UserInfo} */
export function describeUser({ username, attributes, mfa, mfaCode }) {
  return { username, attributes, ...(mfa ? { mfa, mfaCode } : {}) };
}

/** @param {StoredUser} user @param {string} poolName */
export function srpVerifier(user, poolName) {
  user.verifier ??= verifierOf(poolName, user.username, user.password);
  return user.verifier;
}
