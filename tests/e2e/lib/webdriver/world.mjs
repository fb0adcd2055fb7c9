// The world of the scenarios over WebDriver. The tests of a file share one browser, so they run one
// after another; each has an origin of its own, so that they share nothing else.
/// <reference path="../globals.d.ts" />
import { serve } from "../static-server.mjs";
import { Visitor, World, eventually } from "../visitor.mjs";
import { chosenEngine, startBrowser } from "./browser.mjs";

/** @import { Session } from "./session.mjs" */
/** @import { VisitorOptions } from "../visitor.mjs" */

export const engine = chosenEngine();

export class EngineWorld extends World {
  /** @type {Session} */
  driver = /** @type {any} */ (undefined);
  /** Whose app the world's origins serve. @type {EngineVisitor | undefined} */
  tenant;

  async launch() {
    const { session, close } = await startBrowser(engine);
    this.driver = session;
    this.ends.unshift(close);
  }

  /** @override */
  serve() {
    return this.serveTo(() => this.tenant);
  }

  /** @param {() => EngineVisitor | undefined} visitor whose pages are asked for */
  serveTo(visitor) {
    return serve(
      this.app,
      () => visitor()?.setup() ?? "",
      (pathname, response) => {
        if (visitor()?.options.missing?.test(pathname)) {
          response.destroy();
          return true;
        }
        return this.answer?.(pathname, response) ?? false;
      },
    );
  }

  /**
   * @param {{ after: (end: () => Promise<void>) => void }} t
   * @param {VisitorOptions} [options]
   * @returns {Promise<EngineVisitor>}
   */
  async visitor(t, options = {}) {
    // The second visitor of a test has an origin of their own: pages tell by it whose they are.
    /** @type {{ visitor?: EngineVisitor }} */
    const owner = {};
    const own =
      this.tenant && !options.origin
        ? await this.serveTo(() => owner.visitor)
        : undefined;
    const visitor = new EngineVisitor(this, {
      ...(own && { origin: own.origin }),
      ...options,
    });
    owner.visitor = visitor;
    t.after(async () => {
      await visitor.leave();
      await own?.close();
      this.control.reset();
      await this.move();
    });
    await visitor.arrive();
    return visitor;
  }
}

class EngineVisitor extends Visitor {
  /**
   * @param {EngineWorld} world
   * @param {VisitorOptions} options
   */
  constructor(world, options) {
    super(world, options);
    this.driver = world.driver;
    this.engineWorld = world;
  }

  async arrive() {
    const { engineWorld: world, driver } = this;
    const { path = "/" } = this.options;
    // Popups open in the first window alone, in WebKit's MiniBrowser.
    const page = world.tenant ? await driver.newWindow() : driver.home;
    world.tenant ??= this;
    this.page = /** @type {any} */ (page);
    await this.#first(path, page);
  }

  /**
   * Opens the first page of a window.
   * @param {string} path "" for none
   * @param {any} page
   */
  async #first(path, page) {
    // WebKit's MiniBrowser may lose it if it has COOP.
    if (engine === "webkit" && path.startsWith("/coop"))
      await page.goto(`${this.origin}/blank`);
    if (path !== "") await this.go(path, page);
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
    await this.#first(path, page);
    return page;
  }

  /** @returns {Promise<any[]>} */
  pages() {
    return this.driver.pages();
  }

  /**
   * @param {() => unknown} act
   * @returns {Promise<any>}
   */
  async opened(act) {
    const known = (await this.driver.pages()).map(({ handle }) => handle);
    await act();
    return eventually(
      async () =>
        (await this.driver.pages()).find(
          ({ handle }) => !known.includes(handle),
        ),
      "a window opens",
    );
  }

  /** @param {string} url */
  types(url) {
    return this.driver.command("POST", "/url", { url }, this.handle);
  }

  reloads() {
    return this.driver.command("POST", "/refresh", {}, this.handle);
  }

  get handle() {
    return /** @type {any} */ (this.page).handle;
  }

  /** As far as a page is told: no driver takes the network away, so the server drops what is sent. */
  async goOffline() {
    this.offline = this.fault({ operation: "*", drop: true });
    await this.page.evaluate(() => {
      Object.defineProperty(navigator, "onLine", {
        value: false,
        configurable: true,
      });
    });
  }

  async goOnline() {
    if (this.offline) this.control.removeFault(this.offline.id);
    // What was sent meanwhile would not have left the browser.
    this.clearCalls();
    await this.page.evaluate(() => {
      Reflect.deleteProperty(navigator, "onLine");
      dispatchEvent(new Event("online"));
    });
  }

  /** Leaves one window, empty. */
  async leave() {
    const { engineWorld: world, driver } = this;
    const { home } = driver;
    for (const page of await driver.pages())
      if (page.handle !== home.handle) await page.close().catch(() => {});
    if (world.tenant === this) world.tenant = undefined;
    await home.goto("about:blank");
  }
}
