// What every scenario stands on: one app, one local Cognito, one browser; and for each test a fresh
// browser context, app client and user, so that the tests of one file may run side by side.
/// <reference path="./globals.d.ts" />
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { startLocalCognito } from "cognito-signout-dev";
import { chromium } from "playwright-core";
import { findBrowser } from "../../../scripts/lib/browsers.mjs";
import { builtApp } from "./app.mjs";
import { serve } from "./static-server.mjs";

/**
 * @import { Browser, BrowserContext, Page } from "playwright-core"
 * @import { Client, Fault, NewSession, NewTokens, User } from "cognito-signout-dev"
 */

const AWS_ENDPOINT = "cognito-idp.us-east-1.amazonaws.com";

/** The password of every user. */
export const PASSWORD = "Passw0rd!";

/** Only to end a test that hangs: a machine under load is slow, and waiting for what comes costs nothing. */
export const HANGS_MS = 120_000;

/** For a sign-out whose end must not depend on the time. */
export const PATIENT_MS = HANGS_MS / 2;

/**
 * Waits until something is so.
 * @template T
 * @param {() => T | Promise<T>} look
 * @param {string} what
 * @returns {Promise<NonNullable<T>>}
 */
export async function until(look, what) {
  const end = Date.now() + PATIENT_MS;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > end) throw new Error(`never happened: ${what}`);
    await sleep(20);
  }
}

/**
 * Waits until something is so in a page that may be on its way elsewhere.
 * @template T
 * @param {() => Promise<T>} look
 * @param {string} what
 */
export const eventually = (look, what) =>
  until(() => look().catch(() => undefined), what);

/** Neither token of a session is worth anything any more. */
export const OVER = { access: false, refresh: false };

/** Both tokens of a session can be used. */
export const LIVE = { access: true, refresh: true };

/** Chromium lets a tab see a moment later what another has written to localStorage. */
export const SHOWN_TO_OTHER_TABS = "the other tab sees what is stored";

/**
 * @typedef {object} VisitorOptions
 * @property {Client} [client] the app client
 * @property {Partial<User>} [user]
 * @property {Record<string, unknown> | ((visitor: Visitor) => unknown)} [config] over the default configuration; a function's in its place
 * @property {string} [path] where the app is opened; "" for not yet
 * @property {boolean} [configure] whether each page configures the package by itself; true if left out
 * @property {() => void} [start] what each page does when it starts; it stands alone
 * @property {() => void} [init] what each page does before any script of its own; it stands alone
 * @property {unknown} [given] what each page finds as `setup.given`
 * @property {string} [origin] the app's
 * @property {RegExp} [missing] URLs that can't be had
 */

/**
 * @typedef {object} WorldOptions
 * @property {string[]} [args] Chromium's
 * @property {string[]} [ignoreDefaultArgs] of those that Playwright gives
 * @property {false | (() => Promise<import("./app.mjs").App>)} [app] which app is served; that of Vite if left out, none if false
 * @property {(pathname: string, response: import("node:http").ServerResponse) => boolean | Promise<boolean>} [answer] is
 *   asked before the app's files: true where it has answered
 * @property {boolean} [https] whether the local Cognito also speaks https, with a certificate that the pages accept, and stands
 *   for AWS's own endpoint of its region too, since not all configurations can name another
 */

export class World {
  /** @type {import("./app.mjs").App} */
  app = /** @type {any} */ (undefined);
  /** The app's origin. */
  origin = "";
  /** Another one. */
  otherOrigin = "";
  /** @type {Awaited<ReturnType<typeof startLocalCognito>>} */
  cognito = /** @type {any} */ (undefined);
  /** @type {Browser} */
  browser = /** @type {any} */ (undefined);
  /** @type {(() => Promise<unknown>)[]} */
  ends = [];

  /** @param {WorldOptions} [options] */
  async open(options = {}) {
    const { app = builtApp, https = false } = options;
    if (app) {
      const served = await app();
      this.app = served;
      this.answer = options.answer;
      await this.move();
      this.ends = [() => this.vacate()];
    }
    this.cognito = await startLocalCognito({
      port: 0,
      ...(https && { httpsPort: 0 }),
    });
    this.ends.unshift(() => this.cognito.close());
    await this.launch(options);
  }

  /** Serves the app at two new origins. */
  async move() {
    await this.vacate();
    const [own, other] = await Promise.all([this.serve(), this.serve()]);
    this.origin = own.origin;
    this.otherOrigin = other.origin;
    this.vacate = async () => {
      await Promise.all([own.close(), other.close()]);
    };
  }

  async vacate() {}

  /** @type {WorldOptions["answer"]} */
  answer;

  serve() {
    return serve(this.app, undefined, this.answer);
  }

  /** @param {WorldOptions} options */
  async launch({ args = [], ignoreDefaultArgs = [], https = false }) {
    this.browser = await chromium.launch({
      executablePath:
        findBrowser("chromium")?.CHROME_BIN ?? process.env.CHROME_BIN ?? "",
      args: [
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        "--disable-gpu",
        "--disable-background-networking",
        ...(https
          ? [
              `--host-resolver-rules=MAP ${AWS_ENDPOINT} ${new URL(this.cognito.httpsOrigin ?? "").host}`,
            ]
          : []),
        ...args,
      ],
      ignoreDefaultArgs,
    });
    this.ends.unshift(() => this.browser.close());
  }

  async close() {
    for (const end of this.ends) await end();
  }

  get control() {
    return this.cognito.control;
  }

  /**
   * A user of an app client in a browser of their own.
   * @param {{ after: (end: () => Promise<void>) => void }} t the test
   * @param {VisitorOptions} [options]
   * @returns {Promise<Visitor>}
   */
  async visitor(t, options = {}) {
    const visitor = new Visitor(this, options);
    t.after(() => visitor.leave());
    await visitor.arrive();
    return visitor;
  }
}

/**
 * A sign-out that left the page waits for no answer that takes longer than a second, as on a busy machine: then alone it may say
 * so. All else is as in a complete one.
 * @param {any} result
 */
export function leftWell(result) {
  const { status, revokeTokenError, globalSignOutError, ...rest } = result;
  for (const late of [revokeTokenError, globalSignOutError])
    if (late) assert.equal(late.error.code, "unconfirmed");
  const late = revokeTokenError || globalSignOutError;
  assert.equal(status, late ? "partial" : "complete");
  assert.equal(rest.signedOutLocally, true);
  assert.equal(rest.hostedUIError, undefined);
}

/** In the page: a second takes a minute, so that no answer is late. It stands alone. */
export function slowClock() {
  const [now, set] = [performance.now.bind(performance), setTimeout];
  performance.now = () => now() / 60;
  globalThis.setTimeout = /** @type {any} */ (
    (/** @type {any} */ act, /** @type {number} */ ms) => set(act, ms * 60)
  );
}

let count = 0;

export class Visitor {
  /** @type {BrowserContext} */
  context = /** @type {any} */ (undefined);
  /** @type {Page} */
  page = /** @type {any} */ (undefined);
  /** @type {import("playwright-core").CDPSession | undefined} */
  devTools;
  /** The last request that is not to be counted. */
  seen = -1;

  /**
   * @param {World} world
   * @param {VisitorOptions} options
   */
  constructor(world, options) {
    this.world = world;
    this.options = options;
    this.origin = options.origin ?? world.origin;
    this.username = `user${++count}@example.com`;
    world.control.addUser({
      username: this.username,
      password: PASSWORD,
      ...options.user,
    });
    this.urls = [`${this.origin}/`, `${this.origin}/signed-out`];
    const { urls } = this;
    const { id } = world.control.addClient({
      callbackUrls: urls,
      logoutUrls: urls,
      ...options.client,
    });
    this.clientId = id;
    /** @type {any} */
    this.config =
      typeof options.config === "function"
        ? options.config(this)
        : {
            userPoolId: world.cognito.userPoolId,
            userPoolClientId: id,
            userPoolEndpoint: world.cognito.origin,
            hostedUI: { domain: world.cognito.origin, redirectSignOut: urls },
            ...options.config,
          };
  }

  async arrive() {
    this.context = await this.world.browser.newContext({
      ignoreHTTPSErrors: this.world.cognito.httpsOrigin !== undefined,
    });
    this.context.setDefaultTimeout(PATIENT_MS);
    if (this.options.missing)
      await this.context.route(this.options.missing, (route) => route.abort());
    if (this.options.init) await this.context.addInitScript(this.options.init);
    await this.context.addInitScript(this.setup());
    this.page = await this.tab(this.options.path ?? "/");
  }

  /** The script that tells each page what to do when it starts. */
  setup() {
    const { config } = this;
    const { given } = this.options;
    const told =
      this.options.configure === false ? { given } : { config, given };
    const start = this.options.start?.toString() ?? "undefined";
    return `globalThis.setup = { ...${JSON.stringify(told)}, start: ${start} };`;
  }

  /** Closes the context, which at times never ends, as a page was on its way elsewhere; it then closes with the browser. */
  async leave() {
    await Promise.race([
      this.context?.close(),
      sleep(10_000, undefined, { ref: false }),
    ]);
  }

  /**
   * One more tab.
   * @param {string} [path] "" for an empty tab
   */
  async tab(path = "/") {
    const page = await this.context.newPage();
    if (path !== "") await this.go(path, page);
    return page;
  }

  /**
   * @param {string} path
   * @param {Page} [page]
   */
  async go(path, page = this.page) {
    await page.goto(this.origin + path);
    await ready(page);
  }

  /** All tabs and popups. @returns {Promise<Page[]>} */
  async pages() {
    return this.context.pages();
  }

  /** @param {Page} page */
  async isClosed(page) {
    return page.isClosed();
  }

  /**
   * The tab or popup that opens while something is done.
   * @param {() => unknown} act
   * @returns {Promise<Page>}
   */
  async opened(act) {
    const [page] = await Promise.all([
      this.context.waitForEvent("page"),
      act(),
    ]);
    return page;
  }

  async goOffline() {
    await this.context.setOffline(true);
    await this.page.waitForFunction(() => !navigator.onLine);
  }

  async goOnline() {
    await this.context.setOffline(false);
  }

  /**
   * Waits until the app is ready at an address.
   * @param {string} url
   * @param {Page} [page]
   */
  async isAt(url, page = this.page) {
    await eventually(
      () =>
        page.evaluate((url) => globalThis.ready && location.href === url, url),
      `the app starts at ${url}`,
    );
  }

  /**
   * Has the page do something that leaves it, and waits until the app has started again at a path.
   * @param {string} path
   * @param {(given: any) => void} act it returns before the page leaves
   * @param {unknown} [given]
   */
  async returned(path, act, given) {
    await this.page.evaluate(() => {
      globalThis.ready = false;
    });
    await this.page.evaluate(act, given);
    await this.isAt(this.origin + path);
  }

  /**
   * Signs out in a task of its own, without waiting.
   * @param {import("cognito-signout").SignOutOptions} [options]
   */
  async leaves(options) {
    await this.page.evaluate(
      (options) => void setTimeout(() => void cs.signOut(options)),
      options,
    );
  }

  /**
   * Signs out without waiting, and waits until the hosted UI has sent the page back.
   * @param {string} path
   * @param {import("cognito-signout").SignOutOptions} [options]
   */
  async leaveAndReturn(path, options) {
    await this.page.evaluate(() => {
      globalThis.ready = false;
    });
    await this.leaves(options);
    await this.isAt(this.origin + path);
  }

  /** What `takeSignOutResult` gives. */
  take(page = this.page) {
    return page.evaluate(async () => show(await cs.takeSignOutResult()));
  }

  /**
   * Calls `signOut` with a popup in a click; its promise is kept.
   * @param {import("cognito-signout").SignOutOptions} [options]
   */
  async click(options) {
    const { page } = this;
    await page.evaluate((options) => {
      globalThis.kept = undefined;
      const button = document.createElement("button");
      button.textContent = "Sign out";
      button.onclick = () => {
        globalThis.kept = cs.signOut({ hostedUI: "popup", ...options });
      };
      document.body.replaceChildren(button);
    }, options);
    await page.click("button");
  }

  /**
   * As `click`, for a popup that stays open for a while.
   * @param {import("cognito-signout").SignOutOptions} [options]
   * @returns {Promise<Page>} the popup
   */
  clickToPopup(options) {
    return this.opened(() => this.click(options));
  }

  /** The result of the sign-out whose promise the page keeps. */
  result(page = this.page) {
    return page.evaluate(async () => show(await globalThis.kept));
  }

  get control() {
    return this.world.control;
  }

  /**
   * A session that Cognito knows, and the app not yet.
   * @param {Omit<NewSession, "username">} [session]
   * @returns {NewTokens}
   */
  session(session) {
    return this.control.addSession({
      username: this.username,
      clientId: this.clientId,
      ...session,
    });
  }

  /**
   * Signs in without a password: the tokens are stored by the app.
   * @param {Omit<NewSession, "username">} [session]
   * @param {Page} [page]
   */
  async signIn(session, page = this.page) {
    const tokens = this.session(session);
    await this.store(tokens, session?.origin, page);
    return tokens;
  }

  /**
   * Stores a session in the app.
   * @param {NewTokens} tokens
   * @param {"api" | "hostedUI"} [signInMethod]
   * @param {Page} [page]
   */
  async store({ accessToken, idToken, refreshToken }, signInMethod, page) {
    await (page ?? this.page).evaluate((tokens) => cs.storeTokens(tokens), {
      accessToken,
      idToken,
      refreshToken,
      ...(signInMethod && { signInMethod }),
    });
  }

  /**
   * Signs in on a device that Cognito remembers.
   * @param {"api" | "hostedUI"} [signInMethod]
   */
  async signInOnDevice(signInMethod) {
    const tokens = this.session({ rememberedDevice: true });
    await this.store(tokens, signInMethod);
    await this.page.evaluate(
      ({ key, deviceKey }) => localStorage.setItem(key, deviceKey ?? ""),
      {
        key: `CognitoIdentityServiceProvider.${this.clientId}.${this.username}.deviceKey`,
        deviceKey: tokens.deviceKey,
      },
    );
    return tokens;
  }

  /**
   * Signs out, and waits longer for Cognito than apps do: no result is to depend on the load of the machine.
   * @param {import("cognito-signout").SignOutOptions} [options]
   * @param {Page} [page]
   */
  signOut(options, page = this.page) {
    return page.evaluate(
      async (options) => {
        globalThis.kept = await cs.signOut(options);
        return show(globalThis.kept);
      },
      { timeoutMs: PATIENT_MS, ...options },
    );
  }

  /** The retry of the result that `signOut` gave. */
  retry(page = this.page) {
    return page.evaluate(async () => {
      globalThis.kept = await globalThis.kept.retry();
      return show(globalThis.kept);
    });
  }

  /**
   * Types an address into a tab, without waiting.
   * @param {string} url
   */
  types(url) {
    return this.#byDevTools("Page.navigate", { url });
  }

  /** Uses the browser's button to reload, without waiting. */
  reloads() {
    return this.#byDevTools("Page.reload", {});
  }

  /** @param {"Page.navigate" | "Page.reload"} command @param {any} options */
  async #byDevTools(command, options) {
    this.devTools ??= await this.context.newCDPSession(this.page);
    void this.devTools.send(command, options).catch(() => {});
  }

  /** @param {Omit<Fault, "clientId">} fault for this app client alone */
  fault(fault) {
    return this.control.addFault({ ...fault, clientId: this.clientId });
  }

  /**
   * Holds requests back at the server, before the operation or after it, until they are let go.
   * @param {string} operation
   * @param {"before" | "after"} [when]
   * @returns {() => void} lets them go, and all later ones pass
   */
  hold(operation, when = "before") {
    const field = when === "before" ? "latencyMs" : "answerDelayMs";
    const { id } = this.fault({ operation, [field]: 2 * HANGS_MS });
    return () => this.control.removeFault(id);
  }

  /** What this app client was asked for since `clearCalls`, preflights apart. */
  get requests() {
    return this.control
      .requests({ clientId: this.clientId })
      .filter(({ id, preflight }) => id > this.seen && !preflight);
  }

  /** The operations of `requests`, in their order; those that a fault kept from running are in brackets. */
  get calls() {
    return this.requests.map(({ operation, processed }) =>
      processed ? operation : `(${operation})`,
    );
  }

  /** Forgets what was asked for until now. */
  clearCalls() {
    this.seen = this.requests.at(-1)?.id ?? this.seen;
  }

  /** @param {Pick<NewTokens, "accessToken" | "refreshToken">} tokens */
  areValid(tokens) {
    return {
      access: this.control.isTokenValid(tokens.accessToken),
      refresh: this.control.isTokenValid(tokens.refreshToken),
    };
  }

  /** The names of the keys that hold something of a session of this client. */
  keys(page = this.page) {
    return page.evaluate(
      (clientId) =>
        [...Object.keys(localStorage), ...Object.keys(sessionStorage)]
          .filter((key) =>
            key.startsWith(`CognitoIdentityServiceProvider.${clientId}.`),
          )
          .sort(),
      this.clientId,
    );
  }

  heard(page = this.page) {
    return page.evaluate(() => heard);
  }

  /**
   * Signs in on the hosted UI's own page, with PKCE, and stores the tokens.
   * @param {Page} [page]
   */
  async signInByHostedUI(page = this.page) {
    const verifier = randomBytes(32).toString("base64url");
    await page.goto(this.authorizeUrl(verifier));
    await page.fill("[name=username]", this.username);
    await page.fill("[name=password]", PASSWORD);
    await page.click("[type=submit]");
    await page.waitForURL(/[?&]code=/);
    await ready(page);
    return this.exchange(verifier, page);
  }

  /**
   * Signs in by the session that the hosted UI has: it asks for no password.
   * @param {Page} [page]
   */
  async signInAgainByHostedUI(page = this.page) {
    const verifier = randomBytes(32).toString("base64url");
    await page.goto(this.authorizeUrl(verifier));
    await page.waitForURL(/[?&]code=/);
    await ready(page);
    return this.exchange(verifier, page);
  }

  /**
   * Stores the tokens for the code that the hosted UI has sent the page back with.
   * @param {string} verifier
   * @param {Page} page
   */
  exchange(verifier, page) {
    return page.evaluate(
      async ({ origin, ...fields }) => {
        const url = new URL(location.href);
        const answer = await fetch(`${origin}/oauth2/token`, {
          method: "POST",
          body: new URLSearchParams({
            grant_type: "authorization_code",
            code: url.searchParams.get("code") ?? "",
            ...fields,
          }),
        });
        const tokens = await answer.json();
        history.replaceState(null, "", "/");
        await cs.storeTokens({ ...tokens, signInMethod: "hostedUI" });
        return {
          accessToken: tokens.access_token,
          idToken: tokens.id_token,
          refreshToken: tokens.refresh_token,
        };
      },
      {
        origin: this.world.cognito.origin,
        client_id: this.clientId,
        redirect_uri: `${this.origin}/`,
        code_verifier: verifier,
      },
    );
  }

  /** @param {string} verifier */
  authorizeUrl(verifier) {
    const url = new URL(`${this.world.cognito.origin}/oauth2/authorize`);
    url.search = new URLSearchParams({
      client_id: this.clientId,
      response_type: "code",
      redirect_uri: `${this.origin}/`,
      scope: "openid aws.cognito.signin.user.admin",
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
    }).toString();
    return url.href;
  }

  /** Whether a new authorize asks for the password: the hosted UI's own session is over. */
  async isAskedForPassword() {
    const page = await this.tab("");
    await page.goto(this.authorizeUrl("v".repeat(43)));
    const asked = await page.evaluate(
      () => !!document.querySelector("[name=password]"),
    );
    await page.close();
    return asked;
  }
}

/** @param {Page} page */
export const ready = (page) => page.waitForFunction(() => globalThis.ready);
