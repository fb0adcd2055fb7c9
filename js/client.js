// One client of the face: what it was configured with, its number in the engine, and who listens to it.
import { load, watched } from "./engine.js";
import { asAuthError, faceError } from "./errors.js";
import { functionsOf } from "./functions.js";
import { isServer } from "./page.js";
import { CALL_MS } from "./patience.js";

/** @typedef {import("./engine.js").Engine} Engine */

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
  /** Settles when the configuration was accepted or refused. @type {Promise<void> | undefined} */
  ready;
  /** The engine that knows this client, and the number it has there. @type {Engine | undefined} */
  engine;
  number = -1;
  /** @type {Set<(event: any) => void>} */
  listeners = new Set();
  /** How often the listeners were told of a sign-out of this tab. */
  told = 0;
  /** Without the engine a popup has opened, or the page leaves. */
  isAway = false;
  functions = functionsOf(this);

  /** @param {boolean} isOwn whether it was made by createClient(), and shares its memory with no other */
  constructor(isOwn) {
    this.isOwn = isOwn;
  }

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

  /**
   * Calls a function of the engine that has nothing but a promise to give.
   * @template {"storeTokens" | "loadTokens" | "refreshTokens" | "revokeToken" | "globalSignOut" | "takeSignOutResult"} Name
   * @param {Name} name
   * @param {any} [given]
   */
  async call(name, given) {
    if (isServer()) throw faceError("invalidState");
    if (!this.ready) throw faceError("notConfigured");
    const engine = await this.ask();
    try {
      return await watched(() => engine[name](this.number, given), CALL_MS);
    } catch (thrown) {
      throw asAuthError(thrown);
    }
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
