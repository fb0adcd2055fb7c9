// Random steps for a seed. Each depends on the state of the player, so it is chosen while the
// script runs.

/** @import { Player, PoolSettings, Step } from "./player.mjs" */

const PASSES = [0, 1, 30, 400, 3000, 20_000, 61_000, 600_000, 3_600_000];
const UNKNOWN = "1unknown1client1";

/** Random numbers that are the same in every run, by mulberry32. @param {number} seed */
export function randomOf(seed) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    /** A whole number below a limit. @param {number} limit */
    below: (limit) => Math.floor(next() * limit),
    /** @param {number} times */
    oneIn: (times) => next() * times < 1,
    /** @template T @param {readonly T[]} choices @returns {T} */
    pick: (choices) =>
      /** @type {T} */ (choices[Math.floor(next() * choices.length)]),
  };
}

/** @typedef {ReturnType<typeof randomOf>} Random */

/** @param {Random} random @returns {PoolSettings} */
export function randomSettings(random) {
  return {
    rotationGraceSeconds: random.pick([null, 0, 5, 60]),
    accessSeconds: random.pick([300, 3600]),
    refreshSeconds: random.pick([3600, 2_592_000]),
    revocation: !random.oneIn(5),
    knowsGetTokens: !random.oneIn(6),
  };
}

/** Chooses the steps of one script. */
export class RandomSteps {
  #random;
  #player;
  #clients;
  #users;
  /** Each device with its user. @type {{ name: string, user: string, isForgotten: boolean }[]} */
  #devices = [];

  /**
   * @param {Random} random
   * @param {Player} player
   * @param {{ clients: string[], users: string[] }} names
   */
  constructor(random, player, { clients, users }) {
    this.#random = random;
    this.#player = player;
    this.#clients = clients;
    this.#users = users;
  }

  /** @param {Record<string, string[]>} logoutUrls of each client @returns {Promise<Step>} */
  async next(logoutUrls) {
    const { count } = this.#player;
    const choice =
      count["access"] === 0 ? this.#random.below(3) : this.#random.below(20);
    if (choice < 3) return this.#signIn();
    if (choice < 5) return { pass: this.#random.pick(PASSES) };
    if (choice < 7) return this.#logout(logoutUrls);
    const fault = this.#random.oneIn(12)
      ? this.#random.pick(
          /** @type {const} */ ([
            "throttled",
            "internalError",
            "captivePortal",
          ]),
        )
      : undefined;
    return { ...this.#request(choice), ...(fault && { fault }) };
  }

  /** The newest token or cookie of a kind, or another one. @param {string} kind */
  #one(kind) {
    const last = this.#player.count[kind] ?? 0;
    if (last === 0) return `${kind}-without-a-number`;
    const back = this.#random.oneIn(2) ? 0 : this.#random.below(last);
    return `${kind} ${last - back}`;
  }

  #refreshToken() {
    if (this.#random.oneIn(12))
      return this.#random.pick(["unknown", this.#one("access"), ""]);
    return this.#one("refresh");
  }

  #accessToken() {
    if (this.#random.oneIn(10))
      return this.#random.pick([
        ...["unknown", "not a token", "", this.#one("refresh")],
        ...[this.#one("id"), `${this.#one("access")} forged`],
      ]);
    return this.#one("access");
  }

  #client() {
    if (this.#random.oneIn(20)) return UNKNOWN;
    return this.#random.oneIn(6)
      ? this.#random.pick(this.#clients)
      : String(this.#clients[0]);
  }

  #deviceKey() {
    if (this.#devices.length === 0 || this.#random.oneIn(4))
      return "eu-central-1_another";
    return this.#random.pick(this.#devices).name;
  }

  async #signIn() {
    const user = this.#random.pick(this.#users);
    const client = this.#random.oneIn(4)
      ? this.#random.pick(this.#clients)
      : String(this.#clients[0]);
    const adminScope = !this.#random.oneIn(4);
    const last = this.#player.count["cookie"] ?? 0;
    const number = last && this.#random.below(last) + 1;
    if (number && this.#random.oneIn(2)) {
      if (!(await this.#player.isCookieAlive(number)))
        return { hostedSignIn: user };
      const owner = String(this.#player.cookieUser(number));
      const cookie = `cookie ${number}`;
      return { signIn: { user: owner, client, cookie, adminScope } };
    }
    if (this.#random.oneIn(4)) return { hostedSignIn: user };
    const device = this.#random.oneIn(3) ? this.#deviceOf(user) : undefined;
    const on = device && { device };
    return { signIn: { user, client, adminScope, ...on } };
  }

  /** @param {string} user */
  #deviceOf(user) {
    const known = this.#devices.filter(
      (device) => device.user === user && !device.isForgotten,
    );
    if (known.length > 0 && this.#random.oneIn(2))
      return this.#random.pick(known).name;
    const name = `device ${this.#devices.length + 1}`;
    this.#devices.push({ name, user, isForgotten: false });
    return name;
  }

  /** @param {Record<string, string[]>} logoutUrls @returns {Step} */
  #logout(logoutUrls) {
    const client = this.#client();
    const url = this.#random.oneIn(4)
      ? "https://evil.example.com/"
      : this.#random.pick(logoutUrls[client] ?? ["https://app.example.com/"]);
    const fields = new URLSearchParams();
    if (!this.#random.oneIn(8)) fields.set("client_id", client);
    if (!this.#random.oneIn(8)) fields.set("logout_uri", url);
    if (this.#random.oneIn(4)) fields.set("state", "a b");
    const isSent = this.#player.count["cookie"] && !this.#random.oneIn(5);
    const cookie = isSent ? { cookie: this.#one("cookie") } : {};
    return { logout: `?${fields}`, ...cookie };
  }

  /** @param {number} choice @returns {Step} */
  #request(choice) {
    const ClientId = this.#client();
    if (choice < 10)
      return {
        send: "RevokeToken",
        body: { Token: this.#refreshToken(), ClientId },
      };
    if (choice < 12)
      return {
        send: "GlobalSignOut",
        body: { AccessToken: this.#accessToken() },
      };
    if (choice < 13) {
      const key = this.#deviceKey();
      // No sign-in uses the device from here on, since Cognito may have forgotten it.
      for (const device of this.#devices)
        if (device.name === key) device.isForgotten = true;
      return {
        send: "ForgetDevice",
        body: { AccessToken: this.#accessToken(), DeviceKey: key },
      };
    }
    const token = this.#refreshToken();
    const key = this.#random.oneIn(2) ? this.#deviceKey() : undefined;
    if (choice < 17)
      return {
        send: "GetTokensFromRefreshToken",
        body: {
          RefreshToken: token,
          ClientId,
          ...(key && { DeviceKey: key }),
        },
      };
    return {
      send: "InitiateAuth",
      body: {
        AuthFlow: "REFRESH_TOKEN_AUTH",
        ClientId,
        AuthParameters: {
          REFRESH_TOKEN: token,
          ...(key && { DEVICE_KEY: key }),
        },
      },
    };
  }
}
