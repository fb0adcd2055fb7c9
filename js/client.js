// One client of the face: what it was configured with, and its number in the engine.
import { current, discard, load, watched } from "./engine.js";
import { asAuthError, faceError } from "./errors.js";
import { asks, lastResort } from "./last-resort.js";
import { isSigningOutByMark } from "./mark.js";
import { failed, hide, toResult } from "./results.js";

/** @typedef {import("./engine.js").Engine} Engine */

// The contract's bounds: what the engine may take at the most, beside timeoutMs and popupTimeoutMs.
const STORAGE_MS = 5000;
const LEAVING_MS = 31000;
const SLACK_MS = 1000;

/** Neither a page nor a worker: there is nobody to sign out. */
export const isServer = () =>
  typeof window === "undefined" && !("WorkerGlobalScope" in globalThis);

/** Every client, to find the one an event is for. @type {Set<FaceClient>} */
const clients = new Set();

/**
 * @param {number} number
 * @param {any} event
 */
function tell(number, event) {
  for (const client of clients)
    if (client.number === number) client.tell(event);
}

export class FaceClient {
  /** @type {any} */
  config;
  /** Whether it was made by createClient(), and shares its memory with no other. */
  isOwn = false;
  /** Settles when the configuration was accepted or refused. @type {Promise<void> | undefined} */
  ready;
  /** The engine that knows this client, and the number it has there. @type {Engine | undefined} */
  engine;
  number = -1;
  /** The result of the page before, once it was taken. @type {{ at: number, result: any } | undefined} */
  taken;
  /** @type {Set<(event: any) => void>} */
  listeners = new Set();

  /** @param {any} config */
  configure(config) {
    this.config = config;
    this.engine = undefined;
    clients.add(this);
    this.ready = isServer()
      ? Promise.resolve()
      : load().then((engine) => {
          this.attach(engine);
          return watched(() => engine.open(this.number)).catch((thrown) => {
            throw asAuthError(thrown);
          });
        });
    // Whoever waits is told; who doesn't await configure() is told by the next call.
    this.ready.catch(() => {});
    return this.ready;
  }

  /**
   * Makes this client known to an engine.
   * @param {Engine} engine
   */
  attach(engine) {
    if (this.engine === engine) return;
    try {
      this.number = engine.create(this.config, tell, this.isOwn);
    } catch (thrown) {
      throw asAuthError(thrown);
    }
    this.engine = engine;
  }

  /** @param {any} event */
  tell(event) {
    for (const listener of [...this.listeners]) {
      try {
        listener(event);
      } catch (thrown) {
        // As a DOM event does it: the others are told all the same, and the page learns of it.
        setTimeout(() => {
          throw thrown;
        });
      }
    }
  }

  /**
   * @template T
   * @param {(engine: Engine, number: number) => Promise<T>} ask
   * @returns {Promise<T>}
   */
  async call(ask) {
    if (isServer()) throw faceError("invalidState");
    if (!this.ready) throw faceError("notConfigured");
    await this.ready;
    const engine = await load();
    this.attach(engine);
    try {
      return await watched(() => ask(engine, this.number));
    } catch (thrown) {
      throw asAuthError(thrown);
    }
  }

  storeTokens = (/** @type {any} */ tokens) =>
    this.call((engine, number) => engine.storeTokens(number, tokens));

  loadTokens = async () =>
    isServer()
      ? null
      : this.call((engine, number) => engine.loadTokens(number));

  refreshTokens = () =>
    this.call((engine, number) => engine.refreshTokens(number));

  revokeToken = (/** @type {any} */ token) =>
    this.call((engine, number) => engine.revokeToken(number, token));

  globalSignOut = (/** @type {any} */ token) =>
    this.call((engine, number) => engine.globalSignOut(number, token));

  takeSignOutResult = async () => {
    if (isServer()) return null;
    const raw = await this.call((engine, number) =>
      engine.takeSignOutResult(number),
    );
    if (!raw) return null;
    const { at, ...result } = raw;
    // The same object for every call: React runs effects twice.
    if (this.taken?.at !== at)
      this.taken = { at, result: toResult(result, this.again({})) };
    return this.taken?.result;
  };

  isSigningOut = () => {
    if (isServer() || !this.config) return false;
    const engine = current();
    if (engine && this.engine === engine) {
      try {
        return engine.isSigningOut(this.number);
      } catch {
        // The engine broke; the mark says as much.
      }
    }
    return isSigningOutByMark(this.config);
  };

  onSignedOut = (/** @type {(event: any) => void} */ listener) => {
    // Each subscription counts, even of the same function.
    const own = (/** @type {any} */ event) => listener(event);
    if (!isServer()) this.listeners.add(own);
    return () => {
      this.listeners.delete(own);
    };
  };

  /** @param {any} [options] */
  signOut = (options) => {
    if (isServer()) return Promise.resolve(failed(faceError("invalidState")));
    if (!this.ready) return Promise.resolve(failed(faceError("notConfigured")));
    // Inside the gesture, before anything else: WebKit refuses after about a second.
    const popup =
      asks(options, "hostedUI") === "popup" ? openPopup() : undefined;
    const engine = current();
    if (engine && this.engine === engine)
      return this.run(engine, options, popup);
    return this.queued(options, popup);
  };

  /**
   * Behind configure().
   * @param {any} options
   * @param {Window | null | undefined} popup
   */
  async queued(options, popup) {
    try {
      await this.ready;
      const engine = await load();
      this.attach(engine);
      return await this.run(engine, options, popup);
    } catch (error) {
      popup?.close();
      return asAuthError(error).code === "moduleUnavailable"
        ? this.lastResort(options, "moduleUnavailable", error)
        : failed(error);
    }
  }

  /**
   * @param {Engine} engine
   * @param {any} options
   * @param {Window | null | undefined} popup
   */
  run(engine, options, popup) {
    const result = this.result(
      () => engine.signOut(this.number, options, popup),
      options,
    );
    if (popup)
      void result.then(({ status }) => status === "failed" && popup.close());
    return result;
  }

  /**
   * A result, whatever happens to the engine meanwhile.
   * @param {() => Promise<any>} ask
   * @param {any} options
   */
  result(ask, options) {
    return watched(ask, longest(options)).then(
      (raw) => toResult(raw, this.again(options)),
      (thrown) => {
        discard(thrown);
        return this.lastResort(options, "unknown", thrown);
      },
    );
  }

  /** @param {any} options */
  again = (options) => (/** @type {() => Promise<any>} */ ask) =>
    this.result(ask, options);

  /**
   * @param {any} options
   * @param {"moduleUnavailable" | "unknown"} code
   * @param {unknown} cause
   */
  lastResort(options, code, cause) {
    return lastResort(this.config, options, code, cause, (left) =>
      this.retryLastResort(left, options),
    );
  }

  /**
   * Asks a new engine for what the last resort could not do.
   * @param {{ refreshToken?: string | undefined, accessToken?: string | undefined }} left
   * @param {any} options
   */
  async retryLastResort(left, options) {
    /** @type {any} */
    const result = await this.signOut(options);
    const asked = {
      globalSignOutError: asks(options, "global") && left.accessToken,
      revokeTokenError: left.refreshToken,
    };
    /** @type {any} */
    const errors = {};
    for (const [field, token] of Object.entries(asked)) {
      if (!token) continue;
      try {
        await (field === "revokeTokenError"
          ? this.revokeToken(token)
          : this.globalSignOut(token));
      } catch (error) {
        errors[field] = { error };
        const name =
          field === "revokeTokenError" ? "refreshToken" : "accessToken";
        hide(errors[field], name, token);
      }
    }
    if (result.status === "failed") return { ...result, ...errors };
    const partial =
      result.status === "partial" || Object.keys(errors).length > 0;
    const merged = {
      ...result,
      status: partial ? "partial" : "complete",
      wasSignedIn: true,
      ...errors,
    };
    if (partial)
      hide(merged, "retry", () => this.retryLastResort(left, options));
    return merged;
  }
}

/** The popup, empty until the engine knows where it goes. */
function openPopup() {
  try {
    return window.open(
      "about:blank",
      "cognito-signout",
      "popup,width=480,height=640",
    );
  } catch {
    return null;
  }
}

/**
 * How long the engine may take for a sign-out at the most, in milliseconds.
 * @param {any} options
 */
function longest(options) {
  const ms = (/** @type {string} */ name, /** @type {number} */ usual) => {
    const value = asks(options, name);
    return typeof value === "number" && value >= 0 ? value : usual;
  };
  const hosted = asks(options, "hostedUI");
  return (
    ms("timeoutMs", 5000) +
    STORAGE_MS +
    LEAVING_MS +
    (hosted === "popup" ? ms("popupTimeoutMs", 60000) : 0) +
    SLACK_MS
  );
}
