import { Challenges } from "./challenges.js";
import { Clients } from "./clients.js";
import { Devices } from "./devices.js";
import { createSigner, epochSeconds } from "./jwt.js";
import {
  ServiceError,
  invalidParameter,
  notAuthorized,
} from "./service-error.js";
import { Sessions } from "./sessions.js";
import { Users } from "./users.js";

/** @import { StartOptions, User } from "../types.d.ts" */
/** @import { StoredSession } from "./sessions.js" */
/** @import { SrpExchange } from "./srp.js" */
/** @typedef {{ username: string, clientId: string, exchange?: SrpExchange, deviceKey?: string }} SignInStep */

export const USER_POOL_ID = "us-east-1_LocalDev1";
export const CLIENT_ID = "1local2client3for4dev5apps";

/** The users of a fresh pool. @type {User[]} */
export const SEED_USERS = [
  { username: "jane.doe@example.com", password: "Passw0rd!" },
  { username: "john.roe@example.com", password: "Passw0rd!" },
  {
    username: "mfa.user@example.com",
    password: "Passw0rd!",
    mfa: "SOFTWARE_TOKEN_MFA",
  },
];

/** A user pool: who may sign in, through which clients, and who is signed in. */
export class Pool {
  users = new Users();
  clients = new Clients();
  devices = new Devices("us-east-1");
  /** @type {Challenges<SignInStep>} */
  challenges = new Challenges();
  signer = createSigner();
  #seed;

  /** @param {string} origin @param {StartOptions} seed */
  constructor(origin, seed) {
    this.origin = origin;
    this.issuer = `${origin}/${USER_POOL_ID}`;
    this.sessions = new Sessions(this.signer, this.issuer);
    this.#seed = seed;
    this.reset();
  }

  /** The part of the pool's id that its SRP hashes. */
  get srpGroup() {
    return USER_POOL_ID.slice(USER_POOL_ID.indexOf("_") + 1);
  }

  reset() {
    for (const part of [
      this.users,
      this.clients,
      this.devices,
      this.challenges,
      this.sessions,
    ])
      part.clear();
    const { callbackUrls = [], logoutUrls = [], users, clients } = this.#seed;
    this.clients.add({ id: CLIENT_ID, callbackUrls, logoutUrls });
    for (const user of [...SEED_USERS, ...(users ?? [])]) this.users.add(user);
    for (const client of clients ?? []) this.clients.add(client);
  }

  /** @param {string} id @throws {ServiceError} */
  client(id) {
    const client = this.clients.get(id);
    if (client) return client;
    throw new ServiceError(
      "ResourceNotFoundException",
      `User pool client ${id} does not exist.`,
    );
  }

  /** @param {StoredSession} session @throws {ServiceError} */
  userOf(session) {
    const user = this.users.get(session.username);
    if (user) return user;
    throw new ServiceError("UserNotFoundException");
  }

  /**
   * The live session of an access token.
   * @param {unknown} token
   * @throws {ServiceError} in Cognito's words
   */
  authenticate(token) {
    if (typeof token !== "string")
      throw invalidParameter(
        "1 validation error detected: Value at 'accessToken' failed to satisfy constraint: Member must not be null",
      );
    if (!/^[A-Za-z0-9\-_=.]+$/.test(token))
      throw invalidParameter(
        "1 validation error detected: Value at 'accessToken' failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z0-9-_=.]+",
      );
    const read = this.signer.verify(token);
    if ("problem" in read)
      throw notAuthorized(
        read.problem === "signature"
          ? "Could not verify signature for Access Token"
          : "Invalid Access Token",
      );
    const record = this.sessions.findToken(token);
    if (!record || record.use !== "access")
      throw notAuthorized("Invalid Access Token");
    if (record.expiresAt <= epochSeconds())
      throw notAuthorized("Access Token has expired");
    if (record.session.revoked)
      throw notAuthorized("Access Token has been revoked");
    return record.session;
  }

  /** The same, for what needs a scope. @param {unknown} token @param {string} scope @throws {ServiceError} */
  authorize(token, scope) {
    const session = this.authenticate(token);
    const user = this.userOf(session);
    if (!session.scopes.includes(scope))
      throw notAuthorized("Access Token does not have required scopes");
    return { session, user };
  }
}
