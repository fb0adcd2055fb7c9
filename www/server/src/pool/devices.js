import { randomBytes, randomUUID } from "node:crypto";

/**
 * @typedef {object} Device
 * @property {string} key
 * @property {string} username
 * @property {import("./srp.js").Verifier | null} verifier set by ConfirmDevice
 * @property {boolean} remembered
 */

/** The devices that users signed in from, where the client tracks them. */
export class Devices {
  /** @type {Map<string, Device>} */
  #byKey = new Map();
  #region;
  /** One for the whole pool, as in Cognito. */
  groupKey = `-${randomBytes(4).toString("hex")}`;

  /** @param {string} region */
  constructor(region) {
    this.#region = region;
  }

  /** @param {string} username @returns {Device} */
  add(username) {
    const key = `${this.#region}_${randomUUID()}`;
    const device = { key, username, verifier: null, remembered: false };
    this.#byKey.set(key, device);
    return device;
  }

  /** @param {string} key @param {string} username */
  find(key, username) {
    const device = this.#byKey.get(key);
    return device?.username === username ? device : undefined;
  }

  /** Whether a refresh of a session on this device needs its key. @param {string | undefined} key */
  isRemembered(key) {
    return key !== undefined && this.#byKey.get(key)?.remembered === true;
  }

  /** @param {Device} device */
  forget(device) {
    this.#byKey.delete(device.key);
  }

  clear() {
    this.#byKey.clear();
  }
}
