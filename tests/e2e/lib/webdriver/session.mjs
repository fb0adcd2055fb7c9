// WebDriver, as far as these tests use it. Each command is one HTTP request of a W3C standard, so this is less than a client
// library: the newest selenium-webdriver that runs on Node 20 comes with 20 MB of driver managers.
// https://www.w3.org/TR/webdriver2/#endpoints
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../visitor.mjs";

/** Stands for undefined, which JSON has not. */
const UNDEFINED = { "undefined here": 1 };

/** How long a page that does not load is waited for, before it is asked for again. */
const LOST_MS = 15_000;

/** The key of an element reference. */
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

/** What a browser or its driver refuses. */
export class WebDriverError extends Error {
  /**
   * @param {string} code the W3C's name of the error
   * @param {string} message
   */
  constructor(code, message) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

/**
 * Runs in the page: begins to call a function. What comes of it is kept under a number as text, since each driver has
 * its own way to convert values, until `report` asks for it: a command that waited would keep all others waiting.
 * Firefox runs it in a sandbox whose global is not the page's, so that is named by hand.
 * @param {string} source
 */
const begin = (source) => `
  const globalThis = window;
  const [$argument, $id] = arguments;
  const $kept = window.webdriverKept ??= {};
  const $fails = (error) => ($kept[$id] = { error: String((error && error.stack && error + "\\n" + error.stack) || error) });
  const $ends = (value) => ($kept[$id] = { value: JSON.stringify(value, (_, each) => each === undefined ? ${JSON.stringify(UNDEFINED)} : each) });
  $kept[$id] = {};
  try {
    const $value = (${source})($argument === null ? undefined : JSON.parse($argument));
    if (typeof $value?.then === "function") $value.then($ends, $fails);
    else $ends($value);
  } catch (error) { $fails(error); }
  return $kept[$id];`;

/** Runs in the page: what came of a call. */
const report = "return window.webdriverKept?.[arguments[0]] ?? null;";

let calls = 0;

/** One browser under the control of its driver. Commands go one after another, each to the window that it names. */
export class Session {
  /** @type {Promise<unknown>} */
  #last = Promise.resolve();
  #window = "";
  #home = "";

  /**
   * @param {string} url the driver's
   * @param {string} id
   */
  constructor(url, id) {
    this.url = `${url}/session/${id}`;
  }

  /**
   * @param {string} url the driver's
   * @param {Record<string, unknown>} capabilities
   */
  static async open(url, capabilities) {
    const { sessionId } = await send("POST", `${url}/session`, {
      capabilities: { alwaysMatch: capabilities },
    });
    const session = new Session(url, sessionId);
    await session.command("POST", "/timeouts", {
      // Scripts only begin something or look: one that takes longer hangs with its page.
      script: 20_000,
      pageLoad: 120_000,
      implicit: 0,
    });
    session.#home = await session.command("GET", "/window");
    return session;
  }

  /** The window that the browser came with: the only one whose popups WebKit's MiniBrowser opens. */
  get home() {
    return new Window(this, this.#home);
  }

  /**
   * @param {"GET" | "POST" | "DELETE"} method
   * @param {string} path below the session
   * @param {unknown} [body]
   * @param {string} [window] the window that it is for
   * @returns {Promise<any>}
   */
  command(method, path, body = {}, window) {
    const run = async () => {
      if (window && window !== this.#window) {
        await send("POST", `${this.url}/window`, { handle: window });
        this.#window = window;
      }
      return send(method, this.url + path, body);
    };
    const result = this.#last.then(run, run);
    this.#last = result.catch(() => {});
    return result;
  }

  /** All tabs and popups. */
  async pages() {
    /** @type {string[]} */
    const handles = await this.command("GET", "/window/handles");
    return handles.map((handle) => new Window(this, handle));
  }

  async newWindow() {
    const { handle } = await this.command(
      "POST",
      "/window/new",
      { type: "tab" },
      this.#home,
    );
    return new Window(this, handle);
  }

  /** @param {string} handle */
  async closeWindow(handle) {
    await this.command("DELETE", "/window", {}, handle);
    this.#window = "";
  }

  end() {
    return this.command("DELETE", "");
  }
}

/** A tab or a popup, with the few methods of Playwright's `Page` that the shared helpers call. */
export class Window {
  /**
   * @param {Session} session
   * @param {string} handle
   */
  constructor(session, handle) {
    this.session = session;
    this.handle = handle;
  }

  /**
   * @param {"GET" | "POST" | "DELETE"} method
   * @param {string} path
   * @param {unknown} [body]
   */
  #command(method, path, body) {
    return this.session.command(method, path, body, this.handle);
  }

  /**
   * Runs a function in the page and waits for what it gives, as JSON.
   * @param {Function | string} act a text is run as statements
   * @param {unknown} [argument]
   */
  async evaluate(act, argument) {
    const id = ++calls;
    const source = typeof act === "string" ? `() => {${act}}` : act.toString();
    let done = await this.#script(begin(source), [
      argument === undefined ? null : JSON.stringify(argument),
      id,
    ]);
    for (let ms = 1; done && !("value" in done || "error" in done); ms *= 2) {
      await sleep(Math.min(ms, 50));
      done = await this.#script(report, [id]);
    }
    if (done === null) throw new Error("the page went away");
    const { value, error } = done;
    if (error != null) throw new Error(`in the page: ${error}`);
    return value == null ? undefined : withUndefined(JSON.parse(value));
  }

  /**
   * @param {string} text
   * @param {unknown[]} args
   */
  #script(text, args) {
    return this.#command("POST", "/execute/sync", { script: text, args });
  }

  /** @param {Function} act @param {unknown} [argument] */
  waitForFunction(act, argument) {
    return eventually(() => this.evaluate(act, argument), String(act));
  }

  /** @param {RegExp | string} url the address of a page that has loaded */
  async waitForURL(url) {
    /** @param {string} href */
    const fits = (href) =>
      url instanceof RegExp ? url.test(href) : url === href;
    await eventually(
      async () =>
        fits(await this.evaluate(() => location.href)) &&
        this.evaluate(() => document.readyState === "complete"),
      `a page is at ${url}`,
    );
  }

  /**
   * Does something that loads a page, and waits for it. WebKit's MiniBrowser now and then loses a navigation while it
   * changes processes: then it is asked for again.
   * @param {() => Promise<unknown>} act
   */
  async #load(act) {
    await this.evaluate(() => {
      Object.assign(globalThis, { isOld: true });
    }).catch(() => {});
    await act();
    let asked = Date.now();
    await eventually(async () => {
      // A popup may close itself at once.
      if (await this.isClosed()) return true;
      if (Date.now() - asked > LOST_MS) {
        asked = Date.now();
        await act();
      }
      return this.evaluate(
        () => !("isOld" in globalThis) && document.readyState === "complete",
      );
    }, "the page loads");
  }

  /** @param {string} url */
  goto(url) {
    return this.#load(() => this.#command("POST", "/url", { url }));
  }

  reload() {
    return this.#load(() => this.#command("POST", "/refresh"));
  }

  async goBack() {
    const before = await this.evaluate(() => location.href);
    await this.#command("POST", "/back");
    await eventually(
      () =>
        this.evaluate(
          (/** @type {string} */ before) =>
            location.href !== before && document.readyState === "complete",
          before,
        ),
      "the page before is there",
    );
  }

  async isClosed() {
    const pages = await this.session.pages();
    return !pages.some(({ handle }) => handle === this.handle);
  }

  /** @param {string} selector */
  async #element(selector) {
    const found = await this.#command("POST", "/element", {
      using: "css selector",
      value: selector,
    });
    return `/element/${found[ELEMENT]}`;
  }

  /** @param {string} selector */
  async click(selector) {
    await this.#command("POST", `${await this.#element(selector)}/click`);
  }

  /**
   * @param {string} selector
   * @param {string} text
   */
  async fill(selector, text) {
    await this.#command("POST", `${await this.#element(selector)}/value`, {
      text,
    });
  }

  /** Its page is hidden from then on. */
  minimize() {
    return this.#command("POST", "/window/minimize");
  }

  /** Its page is visible again. */
  restore() {
    return this.#command("POST", "/window/rect", { width: 1000, height: 700 });
  }

  /**
   * Freezes its page, whose timers then stand still, or lets it go on; Chromium alone.
   * @param {"frozen" | "active"} state
   */
  async setLifecycle(state) {
    const cmd = "Page.setWebLifecycleState";
    await this.#command("POST", "/goog/cdp/execute", {
      cmd,
      params: { state },
    });
  }

  close() {
    return this.session.closeWindow(this.handle);
  }
}

/** @param {any} value @returns {any} */
function withUndefined(value) {
  if (typeof value !== "object" || value === null) return value;
  if (Object.keys(UNDEFINED).every((key) => key in value)) return undefined;
  for (const key of Object.keys(value)) value[key] = withUndefined(value[key]);
  return value;
}

/**
 * @param {string} method
 * @param {string} url
 * @param {unknown} [body]
 * @returns {Promise<any>}
 */
export async function send(method, url, body) {
  const answer = await fetch(url, {
    method,
    ...(method === "POST" && { body: JSON.stringify(body) }),
    headers: { "content-type": "application/json" },
  });
  const { value } = /** @type {any} */ (await answer.json());
  if (!answer.ok) throw new WebDriverError(value.error, value.message);
  return value;
}
