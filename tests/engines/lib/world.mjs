// The world of the end-to-end tests, with the engine that ENGINE names in place of Playwright's Chromium. The tests of a file share
// one browser, so they run one after another; each has an origin of its own, so that they share nothing else.
/// <reference path="../../e2e/lib/globals.d.ts" />
import { after, before } from "node:test";
import { serve } from "../../e2e/lib/static-server.mjs";
import {
  HANGS_MS,
  PASSWORD,
  SHOWN_TO_OTHER_TABS,
  Visitor,
  World,
  until,
} from "../../e2e/lib/world.mjs";
import { chosenEngine, startBrowser } from "./engines.mjs";

/** @import { Session } from "./webdriver.mjs" */
/** @import { VisitorOptions } from "../../e2e/lib/world.mjs" */

export const engine = chosenEngine();

/** For the tests of a file: one after another, and none for ever. */
export const ONE_BY_ONE = { concurrency: 1, timeout: 10 * HANGS_MS };

/**
 * Waits until something is so in a page that may be on its way elsewhere.
 * @template T
 * @param {() => Promise<T>} look
 * @param {string} what
 */
export const eventually = (look, what) =>
  until(() => look().catch(() => undefined), what);

class EngineWorld extends World {
  /** @type {Session} */
  driver = /** @type {any} */ (undefined);

  async launch() {
    const { session, close } = await startBrowser(engine);
    this.driver = session;
    this.ends.unshift(close);
  }

  /**
   * @param {{ after: (end: () => Promise<void>) => void }} t
   * @param {VisitorOptions} [options]
   * @returns {Promise<EngineVisitor>}
   */
  async visitor(t, options = {}) {
    const page = { setup: () => "" };
    const server = await serve(this.app, () => page.setup());
    const { origin } = server;
    const visitor = new EngineVisitor(this, { ...options, origin });
    page.setup = () => visitor.setup();
    t.after(async () => {
      await visitor.leave();
      await server.close();
      this.control.reset();
    });
    await visitor.arrive();
    return visitor;
  }
}

/** Opens a world before the tests of a file, and closes it after them. */
export function useEngine() {
  const world = new EngineWorld();
  before(() => world.open(), { timeout: 3 * HANGS_MS });
  after(() => world.close());
  return world;
}

class EngineVisitor extends Visitor {
  /**
   * @param {EngineWorld} world
   * @param {VisitorOptions} options
   */
  constructor(world, options) {
    super(world, options);
    this.driver = world.driver;
  }

  async arrive() {
    this.page = /** @type {any} */ (this.driver.home);
    const { path = "/" } = this.options;
    if (path !== "") await this.go(path);
  }

  /** The script that every page runs first. */
  setup() {
    const init = this.options.init ? `(${this.options.init})();` : "";
    return init + super.setup();
  }

  /**
   * @param {string} [path]
   * @returns {Promise<any>}
   */
  async tab(path = "/") {
    const page = await this.driver.newWindow();
    if (path !== "") await this.go(path, page);
    return page;
  }

  /**
   * @param {string} path
   * @param {any} [page]
   */
  async go(path, page = this.page) {
    await this.newDocument(page, () => page.goto(this.origin + path), path);
  }

  /**
   * Does something that makes the page load, and waits until the app has started anew.
   * @param {any} page
   * @param {() => Promise<unknown>} act
   * @param {string} [path] where
   */
  async newDocument(page, act, path) {
    await page
      .evaluate(() => void Object.assign(globalThis, { isOld: true }))
      .catch(() => {});
    await act();
    await eventually(
      () =>
        page.evaluate(
          (/** @type {string | null} */ url) =>
            !("isOld" in globalThis) &&
            globalThis.ready === true &&
            (url === null || location.href === url),
          path === undefined ? null : this.origin + path,
        ),
      `the app starts${path === undefined ? "" : ` at ${path}`}`,
    );
  }

  /**
   * Has the page do something that leaves it, and waits until the app has started anew at a path.
   * @param {string} path
   * @param {(given: any) => void} act
   * @param {unknown} [given]
   */
  async returned(path, act, given) {
    const { page } = this;
    await this.newDocument(page, () => page.evaluate(act, given), path);
  }

  /**
   * Signs out without waiting, and waits until the hosted UI has sent the page back.
   * @param {string} path
   * @param {import("cognito-signout").SignOutOptions} [options]
   */
  leaveAndReturn(path, options) {
    return this.returned(
      path,
      (options) => void setTimeout(() => void cs.signOut(options)),
      options,
    );
  }

  /** Waits until a tab has the session that another stored. @param {any} page */
  async sees(page) {
    await eventually(
      () => page.evaluate(async () => !!(await cs.loadTokens())),
      SHOWN_TO_OTHER_TABS,
    );
  }

  take(page = this.page) {
    return page.evaluate(async () => show(await cs.takeSignOutResult()));
  }

  /**
   * Starts a sign-out; its result is kept, for `result`. A command of WebDriver keeps all others waiting until it is done.
   * @param {import("cognito-signout").SignOutOptions} [options]
   * @param {any} [page]
   */
  async begin(options, page = this.page) {
    await page.evaluate((/** @type {any} */ options) => {
      globalThis.kept = null;
      void cs.signOut(options).then((result) => (globalThis.kept = result));
    }, options);
  }

  /** The result of what `begin` or `click` started. */
  result(page = this.page) {
    return eventually(
      () => page.evaluate(() => show(globalThis.kept)),
      "the sign-out settles",
    );
  }

  /**
   * Starts a sign-out in a click.
   * @param {import("cognito-signout").SignOutOptions} options
   */
  async click(options) {
    await this.page.evaluate((options) => {
      globalThis.kept = null;
      const button = document.createElement("button");
      button.textContent = "Sign out";
      button.onclick = () =>
        void cs.signOut(options).then((result) => (globalThis.kept = result));
      document.body.append(button);
    }, options);
    await this.page.click("button");
  }

  /** The window that comes beside `known` ones. @param {string[]} known */
  async opened(known) {
    return eventually(
      async () =>
        (await this.driver.windows()).find((each) => !known.includes(each)),
      "a window opens",
    );
  }

  async signInByHostedUI(page = this.page) {
    const verifier = "v".repeat(43);
    await page.goto(this.authorizeUrl(verifier));
    await eventually(
      () => page.evaluate(() => !!document.querySelector("[name=password]")),
      "the hosted UI asks for the password",
    );
    await page.fill("[name=username]", this.username);
    await page.fill("[name=password]", PASSWORD);
    await this.newDocument(page, () => page.click("[type=submit]"));
    return this.exchange(verifier, page);
  }

  async isAskedForPassword() {
    const page = await this.tab("");
    await page.goto(this.authorizeUrl("w".repeat(43)));
    const asked = await eventually(
      () =>
        page.evaluate(() =>
          document.querySelector("[name=password]")
            ? "asked"
            : globalThis.ready && "not",
        ),
      "an authorize request is answered",
    );
    await page.close();
    return asked === "asked";
  }

  /** Leaves one window, empty. */
  async leave() {
    const { home } = this.driver;
    for (const handle of await this.driver.windows())
      if (handle !== home.handle)
        await this.driver.closeWindow(handle).catch(() => {});
    await home.goto("about:blank");
    // A command does not wait for its page: on its way, this one could win over the next visitor's.
    await eventually(
      () =>
        home.evaluate(
          () =>
            location.href === "about:blank" &&
            document.readyState === "complete",
        ),
      "the window is empty",
    );
  }
}
