// WebDriver, as far as these tests use it. Each command is one HTTP request of a W3C standard, so this is less than a client
// library: the newest selenium-webdriver that runs on Node 20 comes with 20 MB of driver managers.
// https://www.w3.org/TR/webdriver2/#endpoints

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
 * Runs in the page: calls a function and tells what came of it as text, since each driver has its own way to convert values.
 * Firefox runs it in a sandbox whose global is not the page's, so that is named by hand.
 * @param {string} source
 */
const script = (source) => `
  const globalThis = window;
  const [argument, done] = arguments;
  const fails = (error) => done({ error: String((error && error.stack && error + "\\n" + error.stack) || error) });
  try {
    Promise.resolve((${source})(argument === null ? undefined : JSON.parse(argument))).then(
      (value) => done({ value: JSON.stringify(value) }), fails);
  } catch (error) { fails(error); }`;

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
      script: 120_000,
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

  /** @returns {Promise<string[]>} */
  windows() {
    return this.command("GET", "/window/handles");
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
   * @param {Function} act
   * @param {unknown} [argument]
   */
  async evaluate(act, argument) {
    const done = await this.#command("POST", "/execute/async", {
      script: script(act.toString()),
      args: [argument === undefined ? null : JSON.stringify(argument)],
    });
    // Firefox's way to say so.
    if (done === null) throw new Error("the page went away");
    const { value, error } = done;
    if (error != null) throw new Error(`in the page: ${error}`);
    return value == null ? undefined : JSON.parse(value);
  }

  /** @param {string} url */
  goto(url) {
    return this.#command("POST", "/url", { url });
  }

  goBack() {
    return this.#command("POST", "/back");
  }

  /** @returns {Promise<string>} */
  url() {
    return this.#command("GET", "/url");
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
