// Plays a script of tests/fixtures/cognito-model.json against the local Cognito.
// tests/fixtures/README.md says what a step is.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { listen } from "../../../scripts/lib/listen.mjs";
import { ADMIN_SCOPE } from "../../../www/server/src/pool/clients.js";
import { createService } from "../../../www/server/src/service.js";
import { Browser, form } from "../../../www/server/test/support/browser.js";

/** @import { Device } from "../../../www/server/src/pool/devices.js" */
/** @import { FaultAnswer } from "../../../www/server/src/types.d.ts" */

/**
 * @typedef {object} PoolSettings
 * @property {number | null} [rotationGraceSeconds]
 * @property {number} [accessSeconds]
 * @property {number} [refreshSeconds]
 * @property {boolean} [revocation]
 * @property {boolean} [knowsGetTokens]
 */

/**
 * @typedef {object} SignIn
 * @property {string} user
 * @property {string} client
 * @property {string} [cookie] of the hosted UI's session that it came from
 * @property {boolean} [adminScope]
 * @property {string} [device]
 */

/** @typedef {{ access?: number[], refresh?: number[], cookie?: number[] }} Alive */

/**
 * @typedef {object} Step one of the first five members says what happens
 * @property {SignIn} [signIn]
 * @property {string} [hostedSignIn] the user
 * @property {string} [send] the operation
 * @property {string} [logout] the query
 * @property {number} [pass] milliseconds
 * @property {unknown} [body] with `send`
 * @property {keyof typeof FAULTS} [fault] with `send`
 * @property {string} [cookie] with `logout`
 * @property {unknown} [seen]
 * @property {Alive} [alive]
 */

/** @typedef {{ name?: string, seed?: number, pool?: PoolSettings, steps: Step[] }} Script */

/**
 * @typedef {object} Fixture
 * @property {number} start milliseconds since the epoch
 * @property {string[]} users
 * @property {Record<string, string[]>} clients the registered sign-out URLs of each
 * @property {Script[]} scripts
 */

const CALLBACK = "https://app.example.com/callback";
const PASSWORD = "Passw0rd!";

/** The service's own faults. */
const FAULTS = /** @satisfies {Record<string, FaultAnswer>} */ ({
  throttled: { type: "TooManyRequestsException" },
  internalError: { type: "InternalErrorException" },
  captivePortal: {
    status: 200,
    headers: { "content-type": "text/html" },
    body: "<html>captive portal</html>",
  },
});

const CLAIMS = [
  ...["token_use", "client_id", "aud", "username", "cognito:username"],
  ...["scope", "device_key"],
];
const TIMES = ["iat", "auth_time", "exp"];

/** The claims of a JWT, unverified. @param {string} token @returns {Record<string, any>} */
function claimsOf(token) {
  const body = token.split(".")[1] ?? "";
  return JSON.parse(Buffer.from(body, "base64url").toString("utf8"));
}

/** The JSON value, or the text itself if it is not JSON. @param {string} text @returns {any} */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * A copy of a JSON value in which each text is changed.
 * @param {any} value
 * @param {(text: string) => string} change
 * @returns {any}
 */
function mapTexts(value, change) {
  if (typeof value === "string") return change(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, mapTexts(item, change)]),
  );
}

/** Starts a local Cognito whose parts the test can read. */
export async function startServer() {
  /** @type {import("node:http").RequestListener} */
  let handler = () => {};
  const { origin, close } = await listen(
    createServer((request, response) => handler(request, response)),
  );
  const service = await createService(origin);
  handler = service.handler;
  return { ...service, origin, close };
}

/** @typedef {Awaited<ReturnType<typeof startServer>>} LocalServer */

/** The state of one script: users, tokens and time. */
export class Player {
  #server;
  #fixture;
  #settings;
  #clock;
  /** The value of each name. @type {Map<string, string>} */
  #named = new Map();
  /** The name of each token, session and device key. @type {Map<string, string>} */
  #names = new Map();
  /** How many there are of a kind. @type {Record<string, number>} */
  count = { access: 0, id: 0, refresh: 0, session: 0, cookie: 0 };
  /** The browser and the user of each cookie. @type {{ browser: Browser, user: string }[]} */
  #browsers = [];
  #jtis = new Set();

  /**
   * @param {LocalServer} server
   * @param {Fixture} fixture
   * @param {PoolSettings} settings
   * @param {{ setTime(ms: number): void }} clock of `Date`
   */
  constructor(server, fixture, settings, clock) {
    this.#server = server;
    this.#fixture = fixture;
    this.#settings = settings;
    this.#clock = clock;
    const { control } = server;
    control.reset();
    for (const username of fixture.users)
      control.addUser({ username, password: PASSWORD });
    const grace = settings.rotationGraceSeconds ?? null;
    const accessTokenSeconds = settings.accessSeconds ?? 3600;
    for (const [id, logoutUrls] of Object.entries(fixture.clients))
      control.addClient({
        id,
        logoutUrls,
        callbackUrls: [CALLBACK],
        rotation: grace === null ? false : { graceSeconds: grace },
        accessTokenSeconds,
        idTokenSeconds: accessTokenSeconds,
        refreshTokenSeconds: settings.refreshSeconds ?? 30 * 24 * 3600,
        tokenRevocation: settings.revocation ?? true,
      });
  }

  /**
   * Plays a step and returns what the app or the browser sees.
   * @param {Step} step
   * @returns {Promise<unknown>}
   */
  async play(step) {
    if (step.pass !== undefined)
      return void this.#clock.setTime(Date.now() + step.pass);
    if (step.signIn) return this.#signIn(step.signIn);
    if (step.hostedSignIn) return this.#hostedSignIn(step.hostedSignIn);
    if (step.send) return this.#send(step.send, step);
    if (step.logout !== undefined) return this.#logout(step.logout, step);
    throw new Error("A step without anything to do.");
  }

  /** The numbers of the tokens and hosted-UI sessions that are alive. */
  async alive() {
    /** @type {Required<Alive>} */
    const alive = { access: [], refresh: [], cookie: [] };
    for (const kind of /** @type {const} */ (["access", "refresh"]))
      for (let number = 1; number <= this.#countOf(kind); number += 1)
        if (this.#server.control.isTokenValid(this.#meant(`${kind} ${number}`)))
          alive[kind].push(number);
    for (const number of this.#browsers.keys())
      if (await this.isCookieAlive(number + 1)) alive.cookie.push(number + 1);
    return alive;
  }

  /** @param {number} number */
  async isCookieAlive(number) {
    const session = this.#server.hostedUI.storage.adapter("Session");
    const id = this.#meant(`cookie ${number}`);
    /** @type {Record<string, unknown> | undefined} */
    const found = await session.find(id);
    return found?.["accountId"] !== undefined;
  }

  /** @param {number} number */
  cookieUser(number) {
    return this.#browsers[number - 1]?.user;
  }

  // ---- names

  /** @param {string} kind */
  #countOf(kind) {
    return this.count[kind] ?? 0;
  }

  /** Gives the next name of its kind. @param {string} kind @param {string} value */
  #name(kind, value) {
    this.count[kind] = this.#countOf(kind) + 1;
    const name = `${kind} ${this.count[kind]}`;
    this.#named.set(name, value);
    this.#names.set(value, name);
    return name;
  }

  /** The value to send for a text of a request. @param {string} text */
  #meant(text) {
    const [, name = text, forged] = /^(.*?)( forged)?$/.exec(text) ?? [];
    const value = this.#named.get(name) ?? text;
    return forged ? value.replace(/[^.]*$/, "c2ln") : value;
  }

  /**
   * Names a new JWT and returns its claims.
   * @param {"access" | "id"} kind
   * @param {string} token
   */
  #describe(kind, token) {
    this.#name(kind, token);
    const claims = claimsOf(token);
    assert.equal(claims["iss"], this.#server.pool.issuer);
    assert.ok(!this.#jtis.has(claims["jti"]), "each token has its own jti");
    this.#jtis.add(claims["jti"]);
    const start = Math.floor(this.#fixture.start / 1000);
    const { users } = this.#server.pool;
    const owner = this.#fixture.users.find(
      (name) => users.get(name)?.attributes["sub"] === claims["sub"],
    );
    /** @type {Record<string, unknown>} */
    const described = { sub: owner };
    for (const name of CLAIMS)
      if (name in claims) described[name] = this.#shown(claims[name]);
    for (const name of TIMES) described[name] = claims[name] - start;
    if ("origin_jti" in claims)
      described["origin_jti"] = this.#shown(claims["origin_jti"]);
    return described;
  }

  /** The name of a text of an answer, or the text itself. @param {string} text */
  #shown(text) {
    return this.#names.get(text) ?? text;
  }

  /**
   * Names new tokens and returns their session and claims.
   * @param {{ access: string, id: string, refresh?: string | undefined }} tokens
   */
  #issued({ access, id, refresh }) {
    const record = this.#server.pool.sessions.findToken(access);
    assert.ok(record);
    const session =
      this.#names.get(record.session.id) ??
      this.#name("session", record.session.id);
    const described = {
      session,
      access: this.#describe("access", access),
      id: this.#describe("id", id),
    };
    if (refresh) this.#name("refresh", refresh);
    return described;
  }

  // ---- the steps

  /** @param {SignIn} how */
  async #signIn({ user, client, cookie, adminScope, device }) {
    if (cookie !== undefined)
      return this.#issued(await this.#signInBy(cookie, client, adminScope));
    const { pool } = this.#server;
    const stored = pool.users.get(user);
    assert.ok(stored);
    const opened = pool.sessions.open({
      user: stored,
      client: pool.client(client),
      scopes: [adminScope ? ADMIN_SCOPE : "openid"],
      deviceKey: device && this.#device(device, user).key,
    });
    const issued = pool.sessions.issueTokens(
      opened.session,
      stored,
      pool.client(client),
    );
    return this.#issued({
      access: issued.accessToken,
      id: issued.idToken,
      refresh: opened.refreshToken,
    });
  }

  /**
   * The remembered device of this name, which is added at its first use.
   * @param {string} name
   * @param {string} user
   * @returns {Device}
   */
  #device(name, user) {
    const { devices } = this.#server.pool;
    const key = this.#named.get(name);
    if (key !== undefined) {
      const known = devices.find(key, user);
      assert.ok(known, "no script uses a device after it was forgotten");
      return known;
    }
    const device = devices.add(user);
    device.remembered = true;
    this.#named.set(name, device.key);
    this.#names.set(device.key, name);
    return device;
  }

  /** @param {string} client @param {boolean} [adminScope] */
  #authorizeUrl(client, adminScope) {
    const scope = adminScope ? `openid ${ADMIN_SCOPE}` : "openid";
    const query = new URLSearchParams({
      response_type: "code",
      client_id: client,
      redirect_uri: CALLBACK,
      scope,
    });
    return `${this.#server.origin}/oauth2/authorize?${query}`;
  }

  /**
   * Signs in by the hosted UI, which knows the cookie and asks for no password.
   * @param {string} cookie
   * @param {string} client
   * @param {boolean} [adminScope]
   */
  async #signInBy(cookie, client, adminScope) {
    const { browser } = this.#browserOf(cookie);
    const { left } = await browser.follow(
      this.#authorizeUrl(client, adminScope),
    );
    const code = left?.searchParams.get("code");
    assert.ok(code, "the cookie is alive");
    const { origin } = this.#server;
    const response = await fetch(
      `${origin}/oauth2/token`,
      form({
        grant_type: "authorization_code",
        client_id: client,
        redirect_uri: CALLBACK,
        code,
      }),
    );
    const tokens = /** @type {any} */ (await response.json());
    return {
      access: String(tokens.access_token),
      id: String(tokens.id_token),
      refresh: String(tokens.refresh_token),
    };
  }

  /** @param {string} cookie */
  #browserOf(cookie) {
    const found = this.#browsers[Number(cookie.replace("cookie ", "")) - 1];
    assert.ok(found, cookie);
    return found;
  }

  /** Signs a user in at the hosted UI, in a new browser. @param {string} user */
  async #hostedSignIn(user) {
    const [client = ""] = Object.keys(this.#fixture.clients);
    const browser = new Browser();
    const page = await browser.follow(this.#authorizeUrl(client));
    const posted = form({ username: user, password: PASSWORD });
    const { left } = await browser.follow(page.at, posted);
    assert.ok(left?.searchParams.has("code"));
    const value = browser.cookie("cognito")?.value;
    assert.ok(value);
    this.#browsers.push({ browser, user });
    return this.#name("cookie", value);
  }

  /** @param {string} operation @param {Step} step */
  async #send(operation, { body, fault }) {
    const { control, origin } = this.#server;
    control.clearFaults();
    if (fault) control.addFault({ operation, answer: FAULTS[fault] });
    // An unknown operation gets the same answer.
    if (this.#settings.knowsGetTokens === false)
      control.addFault({
        operation: "GetTokensFromRefreshToken",
        answer: { type: "UnknownOperationException" },
      });
    const sent =
      typeof body === "string"
        ? body
        : JSON.stringify(mapTexts(body, (text) => this.#meant(text)));
    const response = await fetch(origin, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
      },
      body: sent,
    });
    const answer = parsed(await response.text());
    const result = answer?.AuthenticationResult;
    const issued = result && {
      issued: this.#issued({
        access: result.AccessToken,
        id: result.IdToken,
        refresh: result.RefreshToken,
      }),
    };
    return {
      status: response.status,
      errorType: response.headers.get("x-amzn-errortype"),
      body: mapTexts(answer, (text) => this.#shown(text)),
      ...issued,
    };
  }

  /** @param {string} query @param {Step} step */
  async #logout(query, { cookie }) {
    const value = cookie && this.#meant(cookie);
    const response = await fetch(`${this.#server.origin}/logout${query}`, {
      redirect: "manual",
      headers: value ? { cookie: `cognito=${value}` } : {},
    });
    await response.arrayBuffer();
    if (response.status === 302)
      return { redirect: response.headers.get("location") };
    assert.equal(response.status, 400);
    return { errorPage: true };
  }
}
