// Calls the engine for the face, watches it, and makes the public results of what it says.
import type { Setup } from "./client.js";
import type { Host } from "./engine.js";
import { AuthError, type RawError, asAuthError, faceError } from "./errors.js";
import type { Entry } from "./layouts.js";
import { Notes } from "./ledger.js";
import { closeMark } from "./mark.js";
import { LONGEST_MS, copyOf, isObject, of, waitMs } from "./options.js";
import { FIELDS, hide, hideRefreshTokens, hideRetry } from "./results.js";
import type { Engine } from "./start.js";
import type {
  ReturnedSignOutResult,
  SignedOutEvent,
  SignOutResult,
  SignOutStep,
} from "./types.js";

/** The functions of the engine that have nothing but a promise to give. */
export type CallName =
  | "storeTokens"
  | "loadTokens"
  | "refreshTokens"
  | "revokeToken"
  | "globalSignOut"
  | "takeSignOutResult";

/** What the engine resolves with: the secrets stand next to the fields they belong to. */
type Raw = Record<string, unknown> & {
  readonly at?: number;
  readonly retry?: () => Promise<Raw>;
  readonly refreshToken?: string;
  readonly others?: string[];
  readonly accessToken?: string;
};

// The contract's bounds: what the engine may take at the most, in addition to timeoutMs and popupTimeoutMs.
const STORAGE_MS = 5000;
const LEAVING_MS = 31_000;
const SLACK_MS = 1000;
// Any other call: a lock, two requests and a few reads and writes of an asynchronous storage, each of them bounded.
const CALL_MS = 60_000;

/** As src/client/page.rs gives it to a logger of the app's own. */
const INSECURE = "allowInsecureEndpoint is set: others can read the tokens.";

/** How often an engine that broke is started again by itself, for who listens. */
let restarts = 3;

/** The engine as JavaScript: a file of its own, loaded only where it is needed, or ahead. */
export const loadFallback = () => import("./fallback.js");

/** What an error is made of, where the engine made it. */
const isRaw = (thrown: unknown): thrown is RawError => !!of(thrown, "code");

const errorOf = (thrown: unknown) =>
  isRaw(thrown) ? AuthError.from(thrown) : asAuthError(thrown);

export class Driver {
  /** The numbers that the engine knows setups by. */
  readonly #numbers = new Map<Setup, number>();
  /** What to do for each promise that a broken engine will never settle. */
  readonly #waiting = new Set<(cause: unknown) => void>();
  readonly #notes = new Notes();
  #isBroken = false;
  /** The sign-outs under way, and how long the most patient of them may take, in milliseconds. */
  #signOuts = 0;
  #longestMs = 0;

  constructor(
    readonly host: Host,
    readonly engine: Engine,
    /** Nothing reaches the engine from then on. */
    readonly stop: (cause: unknown) => void,
  ) {
    engine.keepLedger(this.#notes.note);
  }

  readonly loadFallback = () =>
    loadFallback().then(
      () => {},
      (thrown: unknown) => {
        throw faceError("moduleUnavailable", thrown);
      },
    );

  /** Makes a setup known to the engine, in the place of those that were configured before. */
  attach(setup: Setup) {
    if (setup.driver === this) return;
    const { setups, isOwn, order } = setup.client;
    // A sign-out may have begun under a configuration that was replaced before it was known.
    for (const other of setups)
      setup.isOver ||= other.driver === this && other.order > setup.order;
    try {
      this.#numbers.set(
        setup,
        this.engine.create(
          setup.config,
          (event: SignedOutEvent) => setup.tell(event),
          isOwn,
          setup.isOver ? 0 : order,
        ),
      );
    } catch (thrown) {
      throw errorOf(thrown);
    }
    setup.driver = this;
    if (of(setup.config, "allowInsecureEndpoint") === true)
      this.#warn(setup, INSECURE);
    if (!setup.isOver)
      for (const other of setups) if (other.order < setup.order) other.end();
  }

  /** Attaches a setup; its promise is that of `configure`. */
  open(setup: Setup): Promise<void> {
    this.attach(setup);
    return this.#ask(
      () => this.engine.open(this.#number(setup)) as Promise<void>,
    );
  }

  async call(setup: Setup, name: CallName, given: unknown): Promise<unknown> {
    const number = this.#number(setup);
    const value = await this.#ask(
      () => this.engine[name](number, given) as Promise<unknown>,
    );
    return name === "takeSignOutResult" && value
      ? this.#taken(setup, value as Raw)
      : value;
  }

  /** The same object for every call: React runs effects twice. */
  #taken(setup: Setup, { at = 0, ...raw }: Raw): ReturnedSignOutResult {
    const { client } = setup;
    if (client.taken?.at !== at)
      client.taken = {
        at,
        result: this.#result(setup, {}, raw, []) as ReturnedSignOutResult,
      };
    return client.taken.result;
  }

  /**
   * @param options - read already
   * @param kept - for a retry: what was removed before
   * @param spentMs - how long it has waited for the engine
   */
  signOut(
    setup: Setup,
    options: unknown,
    popup: Window | null | undefined,
    kept?: readonly Entry[],
    spentMs?: number,
  ): Promise<SignOutResult> {
    const within = spentMs ? rest(options, spentMs) : options;
    const result = this.#run(
      setup,
      options,
      kept,
      () =>
        this.engine.signOut(
          this.#number(setup),
          within,
          popup,
          kept,
        ) as Promise<Raw>,
      popup,
    );
    if (popup)
      void result.then(({ status }) => {
        if (status === "failed") popup.close();
      });
    return result;
  }

  isSigningOut(setup: Setup): boolean | undefined {
    if (this.#isBroken) return undefined;
    try {
      return this.engine.isSigningOut(this.#number(setup));
    } catch {
      return undefined;
    }
  }

  release(setup: Setup) {
    try {
      this.engine.dispose(this.#number(setup));
    } catch {
      // The engine broke; it holds nothing then.
    }
    this.#numbers.delete(setup);
  }

  /** It trapped, or hangs: everyone who waits for it is told. */
  broke(cause: unknown) {
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.stop(cause);
    this.host.discard(this);
    const abandoned = [...this.#waiting];
    this.#waiting.clear();
    for (const abandon of abandoned) abandon(cause);
    // Whoever listens goes on hearing other tabs, by a new engine; one that breaks again and again is left alone.
    for (const setup of this.#numbers.keys())
      if (restarts > 0 && !setup.isOver && setup.client.listeners.size) {
        restarts--;
        setup.ask().catch(() => {});
      }
  }

  #number(setup: Setup): number {
    return this.#numbers.get(setup) ?? 0;
  }

  /** Warns of what the engine has given to the app's own logger, where there is one. */
  #warn({ config }: Setup, text: string) {
    if (typeof of(of(config, "logger"), "warn") !== "function")
      this.host.warn(text, config);
  }

  /** A result, whatever happens to the engine meanwhile. */
  async #run(
    setup: Setup,
    options: unknown,
    kept: readonly Entry[] | undefined,
    ask: () => Promise<Raw>,
    popup?: Window | null,
    instead?: () => SignOutResult,
  ): Promise<SignOutResult> {
    const { told } = setup.client;
    const { settings } = setup;
    const began = Date.now();
    const from = this.#notes.open();
    // Where the page's own stores are all there is, and no popup comes first, the call itself reads and removes.
    const isAtOnce =
      typeof settings.storage === "string" &&
      of(options, "hostedUI") !== "popup";
    let returned: number | undefined;
    const ledger = () =>
      this.#notes.of(
        this.host.layoutOf(settings).isWanted,
        from,
        returned,
        isAtOnce,
      );
    try {
      const raw = await this.#signOut(options, () => {
        const asked = ask();
        returned = this.#notes.count;
        return asked;
      });
      if (kept && raw.status === "failed")
        // Nothing of what was removed is lost.
        return await this.host.emergency(
          setup,
          options,
          errorOf(raw.error),
          kept,
        );
      return this.#result(setup, options, raw, kept ?? ledger().gone);
    } catch (thrown) {
      this.broke(thrown);
      popup?.close();
      closeMark(settings.clientId, began);
      if (instead) return instead();
      const left = copyOf(options ?? {}) as Record<string, unknown>;
      if (this.#notes.isAnswered("globalSignOut", from)) delete left.global;
      if (this.#notes.isAnswered("forgetDevice", from))
        delete left.forgetDevice;
      return await this.host.emergency(
        setup,
        left,
        faceError("unknown", thrown),
        kept,
        ledger(),
        told !== setup.client.told,
      );
    } finally {
      this.#notes.close();
    }
  }

  /** It may have joined another, whose popup is still open: that one's time is its own too. */
  #signOut(options: unknown, ask: () => Promise<Raw>): Promise<Raw> {
    this.#signOuts++;
    const popupMs =
      of(options, "hostedUI") === "popup"
        ? waitMs(options, "popupTimeoutMs", 60_000)
        : 0;
    const own = waitMs(options) + popupMs + STORAGE_MS + LEAVING_MS + SLACK_MS;
    this.#longestMs = Math.min(Math.max(this.#longestMs, own), LONGEST_MS);
    return this.#watched(ask, this.#longestMs).finally(() => {
      if (!--this.#signOuts) this.#longestMs = 0;
    });
  }

  async #ask<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await this.#watched(ask, CALL_MS);
    } catch (thrown) {
      throw errorOf(thrown);
    }
  }

  /** A promise of the engine that settles even if the engine breaks, or hangs for longer than it may. */
  #watched<T>(ask: () => Promise<T>, atMostMs: number): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(
        () => this.broke(new Error("timed out")),
        atMostMs,
      );
      const end = () => {
        this.#waiting.delete(abandon);
        clearTimeout(timer);
      };
      const abandon = (cause: unknown) => {
        end();
        reject(cause as Error);
      };
      if (this.#isBroken) return abandon(new Error("it broke before"));
      this.#waiting.add(abandon);
      try {
        ask().then((value) => {
          end();
          resolve(value);
        }, abandon);
      } catch (thrown) {
        // A trap inside the call itself.
        abandon(thrown);
      }
    });
  }

  /** @param kept - what was removed, for a retry that finds the engine broken */
  #result(
    setup: Setup,
    options: unknown,
    raw: Raw,
    kept: readonly Entry[],
  ): SignOutResult {
    const { retry, refreshToken, others, accessToken, ...result } = raw;
    if (result.error) result.error = errorOf(result.error);
    // The reason of the clear is why nobody was found; the engine has logged it.
    const [clear] = (result.steps ?? []) as SignOutStep[];
    if (result.wasSignedIn === false && clear?.outcome === "ok" && clear.reason)
      this.#warn(setup, clear.reason);
    for (const name of FIELDS) {
      const field = result[name];
      if (isObject(field))
        result[name] = { ...field, error: errorOf(of(field, "error")) };
    }
    const { revokeTokenError, globalSignOutError } = result;
    if (isObject(revokeTokenError) && "refreshToken" in raw)
      hideRefreshTokens(revokeTokenError, [refreshToken, ...(others ?? [])]);
    if (isObject(globalSignOutError) && "accessToken" in raw)
      hide(globalSignOutError, "accessToken", accessToken);
    // Without it `retry` is not there: it is not enumerable.
    const same = () => ({ ...result }) as unknown as SignOutResult;
    if (retry)
      hideRetry(result, () =>
        setup.use("signOuts", async () => {
          if (!this.#isBroken)
            return this.#run(
              setup,
              options,
              kept,
              retry,
              undefined,
              // Nothing is known of these sessions that another engine could go by.
              kept.length ? undefined : same,
            );
          return kept.length ? setup.signOut(options, kept) : same();
        }),
      );
    return result as unknown as SignOutResult;
  }
}

/** The options, with what is left of the time. What is not usable stays, for the engine to name. */
function rest(options: unknown = {}, spentMs: number): unknown {
  try {
    const given = (options as { timeoutMs?: unknown }).timeoutMs;
    const isUsable =
      isObject(options) &&
      !Array.isArray(options) &&
      (given === undefined || (typeof given === "number" && given >= 0));
    return isUsable
      ? Object.defineProperty(copyOf(options) as object, "timeoutMs", {
          value: Math.max(0, waitMs(options) - spentMs),
          enumerable: true,
        })
      : options;
  } catch {
    return options;
  }
}
