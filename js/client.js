// One client of the face: what it was configured with, and its number in the engine.
import { current, discard, load, watched } from "./engine.js";
import { asAuthError, faceError } from "./errors.js";
import {
  asks,
  clientIdOf,
  errorsOf,
  logoutUrlOf,
  plainRequest,
  removeStored,
  signedOut,
  stored,
} from "./last-resort.js";
import { isSigningOutByMark } from "./mark.js";
import {
  FIELDS,
  failed,
  hide,
  hideRefreshTokens,
  toResult,
} from "./results.js";

/** @typedef {import("./engine.js").Engine} Engine */
/** @typedef {import("./last-resort.js").Left} Left */

// The contract's bounds: what the engine may take at the most, beside timeoutMs and popupTimeoutMs.
const STORAGE_MS = 5000;
const LEAVING_MS = 31000;
const SLACK_MS = 1000;
// Any other call: a lock, two requests and a few reads and writes of an asynchronous storage, each of them bounded.
const CALL_MS = 60000;

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
  /** How often the listeners were told of a sign-out of this tab. */
  told = 0;
  /** A popup that opened before the engine was there. */
  isOpen = false;

  /** @param {any} config */
  configure(config) {
    this.config = config;
    this.engine = undefined;
    clients.add(this);
    this.ready = isServer()
      ? Promise.resolve()
      : load().then((engine) => {
          const number = this.attach(engine, config);
          return watched(() => engine.open(number), CALL_MS).catch((thrown) => {
            throw asAuthError(thrown);
          });
        });
    // Whoever waits is told; who doesn't await configure() is told by the next call.
    this.ready.catch(() => {});
    return this.ready;
  }

  /**
   * Makes this client known to an engine; its number there.
   * @param {Engine} engine
   * @param {any} [config] which may have been replaced meanwhile
   */
  attach(engine, config = this.config) {
    const isCurrent = config === this.config;
    if (isCurrent && this.engine === engine) return this.number;
    try {
      const number = engine.create(config, tell, this.isOwn);
      if (isCurrent) {
        this.number = number;
        this.engine = engine;
      }
      return number;
    } catch (thrown) {
      throw asAuthError(thrown);
    }
  }

  /** The engine, which knows this client. One that could not be had before is tried again. */
  async ask() {
    await this.ready?.catch((error) => {
      if (error.code !== "moduleUnavailable") throw error;
    });
    const engine = await load();
    this.attach(engine);
    return engine;
  }

  /** @param {any} event */
  tell(event) {
    if (event.reason === "signOut") this.told++;
    for (const listener of [...this.listeners]) {
      try {
        // An earlier one may have taken it off.
        if (this.listeners.has(listener)) listener(event);
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
    const engine = await this.ask();
    try {
      return await watched(() => ask(engine, this.number), CALL_MS);
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
      this.taken = { at, result: toResult(result, this.again({}, raw)) };
    return this.taken?.result;
  };

  isSigningOut = () => {
    if (isServer() || !this.config) return false;
    if (this.isOpen) return true;
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
    // An event counts as no options: `onClick={signOut}`.
    if (
      typeof asks(options, "nativeEvent") === "object" ||
      typeof asks(options, "preventDefault") === "function"
    )
      options = undefined;
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
    this.isOpen = !!popup;
    try {
      return await this.run(await this.ask(), options, popup);
    } catch (error) {
      popup?.close();
      return asAuthError(error).code === "moduleUnavailable"
        ? asks(asks(options, "signal"), "aborted")
          ? failed(faceError("aborted"))
          : this.lastResort(options, "moduleUnavailable", error)
        : failed(error);
    } finally {
      this.isOpen = false;
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
    const before = stored(this.config);
    const { told } = this;
    return bounded(ask, options).then(
      (raw) => toResult(raw, this.again(options, raw)),
      (thrown) => {
        discard(thrown);
        return this.lastResort(
          options,
          "unknown",
          thrown,
          before,
          told !== this.told,
        );
      },
    );
  }

  /**
   * How a retry is run. The tokens are gone by now, and a session that was stored since is not to be touched.
   * @param {any} options
   * @param {any} raw what failed, as the engine tells it
   */
  again = (options, raw) => (/** @type {() => Promise<any>} */ ask) =>
    bounded(ask, options).then(
      (next) => toResult(next, this.again(options, next)),
      (thrown) => {
        discard(thrown);
        const error = faceError("unknown", thrown);
        /** @type {Record<string, any>} */
        const errors = {};
        for (const name of FIELDS)
          if (raw[name]) errors[name] = { ...raw[name], error };
        if (errors.revokeTokenError)
          hideRefreshTokens(errors.revokeTokenError, [
            raw.refreshToken,
            ...(raw.others ?? []),
          ]);
        if (errors.globalSignOutError)
          hide(errors.globalSignOutError, "accessToken", raw.accessToken);
        return this.rest(options, raw.wasSignedIn, errors);
      },
    );

  /**
   * @param {any} options
   * @param {"moduleUnavailable" | "unknown"} code
   * @param {unknown} cause
   * @param {Left} [before] what was stored when the engine began
   * @param {boolean} [told] the listeners know already
   */
  async lastResort(options, code, cause, before, told) {
    const { removed, ...now } = removeStored(
      this.config,
      !!asks(options, "forgetDevice"),
    );
    const left = {
      ...now,
      found: now.found || !!before?.found,
      hostedUI: now.hostedUI ?? before?.hostedUI,
      refreshTokens: now.refreshTokens[0]
        ? now.refreshTokens
        : (before?.refreshTokens ?? []),
      accessToken: now.accessToken ?? before?.accessToken,
    };
    const error = faceError(code, cause);
    const errors = errorsOf(this.config, options, left, error);
    const mode = asks(options, "hostedUI") ?? "auto";
    const url =
      removed && errors.hostedUIError && code === "moduleUnavailable"
        ? logoutUrlOf(this.config, options)
        : undefined;
    // Not from a frame: the hosted UI refuses to be shown in one.
    const leaves =
      url && (mode === "auto" || mode === "redirect") && window.top === window;
    if (url) errors.hostedUIError = { url, error };
    if (leaves || (url && mode === "manual")) delete errors.hostedUIError;
    if (removed && !told)
      this.tell({
        reason: "signOut",
        global: asks(options, "global") === true,
        redirecting: !!leaves,
      });
    // After a trap the engine may have sent it; here nobody has.
    if (
      code === "moduleUnavailable" &&
      errors.revokeTokenError &&
      left.refreshTokens[0]
    )
      await Promise.race([
        Promise.all(left.refreshTokens.map(this.revokePlainly)).then(
          () => delete errors.revokeTokenError,
          () => {},
        ),
        new Promise((resolve) =>
          setTimeout(resolve, leaves ? 1000 : waitMs(options)),
        ),
      ]);
    if (!removed) {
      const { hostedUIError, forgetDeviceError, ...remote } = errors;
      const local = code === "unknown" ? faceError("storage", cause) : error;
      return { ...failed(local), ...remote };
    }
    if (leaves && !(await leave(url, asks(options, "navigate"))))
      errors.hostedUIError = { url, error };
    return this.rest(options, left.found, errors, url);
  }

  /** @param {string} Token a refresh token */
  revokePlainly = (Token) =>
    plainRequest(this.config, "RevokeToken", {
      Token,
      ClientId: clientIdOf(this.config),
    });

  /**
   * @param {any} options
   * @param {boolean} wasSignedIn
   * @param {Record<string, any>} errors
   * @param {string} [logoutUrl]
   * @returns {any}
   */
  rest(options, wasSignedIn, errors, logoutUrl) {
    return signedOut(wasSignedIn, errors, logoutUrl, () =>
      this.retryRest(options, wasSignedIn, errors),
    );
  }

  /**
   * Asks a new engine for what is left over; where there is none, one plain request is sent.
   * @param {any} options
   * @param {boolean} wasSignedIn
   * @param {Record<string, any>} before
   */
  async retryRest(options, wasSignedIn, before) {
    const errors = { ...before };
    let plain = true;
    /**
     * @param {"globalSignOut" | "revokeToken"} call
     * @param {string} name
     * @param {(token: string) => Promise<void>} bare
     */
    const again = async (call, name, bare) => {
      const field = `${call}Error`;
      const { [name]: token, others } = errors[field] ?? {};
      if (!token) return;
      const first = plain;
      try {
        for (const each of [token, ...(others ?? [])])
          await this[call](each).catch((/** @type {any} */ error) => {
            if (error.code !== "moduleUnavailable" || !first) throw error;
            plain = false;
            return bare(each).catch(() => {
              throw error;
            });
          });
        delete errors[field];
      } catch (error) {
        hide((errors[field] = { error }), name, token);
        if (others) hide(errors[field], "others", others);
      }
    };
    await again("globalSignOut", "accessToken", (AccessToken) =>
      plainRequest(this.config, "GlobalSignOut", { AccessToken }),
    );
    // It would kill the access token that the next try needs.
    if (!errors.globalSignOutError?.error.retryable)
      await again("revokeToken", "refreshToken", this.revokePlainly);
    if (errors.hostedUIError && !stored(this.config).found) {
      const { status, logoutUrl, hostedUIError } = /** @type {any} */ (
        await this.signOut(options)
      );
      if (status !== "failed" && !hostedUIError) {
        delete errors.hostedUIError;
        return this.rest(options, wasSignedIn, errors, logoutUrl);
      }
    }
    return this.rest(options, wasSignedIn, errors);
  }
}

/**
 * One more client, as plain functions.
 * @param {any} config
 */
export function open(config) {
  const own = new FaceClient();
  own.isOwn = true;
  void own.configure(config);
  const {
    storeTokens,
    loadTokens,
    refreshTokens,
    signOut,
    takeSignOutResult,
    isSigningOut,
    onSignedOut,
    revokeToken,
    globalSignOut,
  } = own;
  return {
    storeTokens,
    loadTokens,
    refreshTokens,
    signOut,
    takeSignOutResult,
    isSigningOut,
    onSignedOut,
    revokeToken,
    globalSignOut,
  };
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
 * Leaves the page: true once it is on its way where nothing can call it back, false where it is still here.
 * @param {string} url
 * @param {unknown} navigate the app's own way
 * @returns {Promise<boolean>}
 */
const leave = (url, navigate) =>
  new Promise((resolve) => {
    setTimeout(() => resolve(false), LEAVING_MS - SLACK_MS);
    if (typeof navigate === "function") {
      Promise.resolve(url)
        .then((url) => navigate(url))
        .then(
          () => resolve(true),
          () => resolve(false),
        );
      return;
    }
    addEventListener("pagehide", () => resolve(true), { once: true });
    location.assign(url);
  });

/** @param {any} options */
const waitMs = (options) => milliseconds(options, "timeoutMs", 5000);

/**
 * @param {any} options
 * @param {string} name
 * @param {number} usual
 */
function milliseconds(options, name, usual) {
  const value = asks(options, name);
  return typeof value === "number" && value >= 0 ? value : usual;
}

let underway = 0;
/** How long the most patient of the sign-outs under way may take, in milliseconds. */
let most = 0;

/**
 * A sign-out of the engine, watched. It may have joined another, whose popup is still open: that one's time is its own too.
 * @param {() => Promise<any>} ask
 * @param {any} options
 */
function bounded(ask, options) {
  underway++;
  // Past this a timer fires at once.
  most = Math.min(Math.max(most, longest(options)), 2 ** 31 - 1);
  return watched(ask, most).finally(() => {
    if (!--underway) most = 0;
  });
}

/**
 * How long the engine may take for a sign-out at the most, in milliseconds.
 * @param {any} options
 */
function longest(options) {
  const hosted = asks(options, "hostedUI");
  return (
    waitMs(options) +
    STORAGE_MS +
    LEAVING_MS +
    (hosted === "popup" ? milliseconds(options, "popupTimeoutMs", 60000) : 0) +
    SLACK_MS
  );
}
