// A client of the face: its configuration, its numbers in the engine, and who listens to it.
import { current, load, watched } from "./engine.js";
import { asAuthError, disposedError, faceError } from "./errors.js";
import { functionsOf } from "./functions.js";
import { isSigningOutByMark } from "./mark.js";
import { isServer } from "./page.js";
import { CALL_MS } from "./patience.js";
import { begin } from "./sign-out.js";

/** @typedef {import("./engine.js").Engine} Engine */

let last = 0;

/** What one configure() has set. Calls stay with the one that they began with, also when the client is configured again. */
export class Setup {
  /** Its number among all of the page: the later it was configured, the higher. */
  order = ++last;
  /** The engine that knows it, and the number it has there. @type {Engine | undefined} */
  engine;
  number = 0;
  /** The calls and the sign-outs that have not settled. */
  calls = 0;
  signOuts = 0;
  /** A later one has taken its place, or the client was disposed of. */
  isOver = false;
  /** Without the engine a popup has opened, or the page leaves. */
  isAway = false;

  /**
   * @param {FaceClient} client
   * @param {any} config
   */
  constructor(client, config) {
    this.client = client;
    this.config = config;
    /** Settles when the configuration was accepted or refused. @type {Promise<void>} */
    this.ready = isServer()
      ? Promise.resolve()
      : this.use(() =>
          load().then((engine) => {
            this.attach(engine);
            return watched(() => engine.open(this.number), CALL_MS).catch(
              (thrown) => {
                throw asAuthError(thrown);
              },
            );
          }),
        );
    // Whoever waits is told; who doesn't await configure() is told by the next call.
    this.ready.catch(() => {});
  }

  /** How often the listeners were told of a sign-out of this tab. */
  get told() {
    return this.client.told;
  }

  /**
   * Makes it known to an engine, in the place of those that were configured before.
   * @param {Engine} engine
   */
  attach(engine) {
    if (this.engine === engine) return;
    const { setups, isOwn, order } = this.client;
    // A sign-out may have begun under a configuration that was replaced before it was known.
    for (const other of setups)
      this.isOver ||= other.engine === engine && other.order > this.order;
    try {
      this.number = engine.create(
        this.config,
        (/** @type {any} */ event) => this.tell(event),
        isOwn,
        this.isOver ? 0 : order,
      );
      this.engine = engine;
    } catch (thrown) {
      throw asAuthError(thrown);
    }
    if (!this.isOver)
      for (const setup of setups) if (setup.order < this.order) setup.end();
  }

  /** The engine, which knows this. One that could not be had before is tried again. */
  async ask() {
    await this.ready.catch((error) => {
      if (error.code !== "moduleUnavailable") throw error;
    });
    const engine = await load();
    this.attach(engine);
    return engine;
  }

  /**
   * A call, which ends before this does.
   * @template T
   * @param {() => Promise<T>} call
   * @param {"calls" | "signOuts"} [kind]
   */
  use(call, kind = "calls") {
    this.client.setups.add(this);
    this[kind]++;
    const promise = call();
    const over = () => {
      this[kind]--;
      if (this.isOver) this.end();
    };
    promise.then(over, over);
    return promise;
  }

  /** Lets go of it, once nothing of it is under way. */
  end() {
    this.isOver = true;
    if (this.calls || this.signOuts) return;
    this.client.setups.delete(this);
    try {
      this.engine?.dispose(this.number);
    } catch {
      // The engine broke; it holds nothing then.
    }
    this.engine = undefined;
  }

  /**
   * Calls a function of the engine that has nothing but a promise to give.
   * @template {"storeTokens" | "loadTokens" | "refreshTokens" | "revokeToken" | "globalSignOut" | "takeSignOutResult"} Name
   * @param {Name} name
   * @param {any} [given]
   */
  call(name, given) {
    return this.use(async () => {
      const engine = await this.ask();
      try {
        return await watched(() => engine[name](this.number, given), CALL_MS);
      } catch (thrown) {
        throw asAuthError(thrown);
      }
    });
  }

  /** @param {any} options */
  signOut(options) {
    return this.use(() => begin(this, options), "signOuts");
  }

  isSigningOut() {
    if (this.isAway) return true;
    const engine = current();
    if (engine && this.engine === engine) {
      try {
        return engine.isSigningOut(this.number);
      } catch {
        // The engine broke; the mark says as much.
      }
    }
    return isSigningOutByMark(this.config);
  }

  /** @param {any} event */
  tell(event) {
    // What replaced this hears all else itself.
    if (!this.isOver || (this.signOuts && event.reason === "signOut"))
      this.client.tell(event);
  }
}

export class FaceClient {
  /** Its number among all clients of the page. */
  order = ++last;
  /** The newest. @type {Setup | undefined} */
  setup;
  /** All that are in use. @type {Set<Setup>} */
  setups = new Set();
  /** @type {Set<(event: any) => void>} */
  listeners = new Set();
  told = 0;
  isDisposed = false;
  functions = functionsOf(this);

  /** @param {boolean} isOwn whether it was made by createClient(), and shares its memory with no other */
  constructor(isOwn) {
    this.isOwn = isOwn;
  }

  /** @param {any} config */
  configure(config) {
    this.setup = new Setup(this, config);
    return this.setup.ready;
  }

  /** What calls go to. */
  current() {
    if (isServer()) throw faceError("invalidState");
    if (this.isDisposed) throw disposedError();
    if (!this.setup) throw faceError("notConfigured");
    return this.setup;
  }

  isSigningOut() {
    if (isServer()) return false;
    for (const setup of this.setups)
      if (
        (setup.signOuts || (setup === this.setup && !this.isDisposed)) &&
        setup.isSigningOut()
      )
        return true;
    return false;
  }

  dispose() {
    this.isDisposed = true;
    for (const setup of this.setups) setup.end();
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
}
