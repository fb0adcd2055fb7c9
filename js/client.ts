// A client of the face: its configuration, its engine, and who listens to it.
import type { Driver } from "./driver.js";
import { type AuthError, asAuthError, faceError } from "./errors.js";
import { functionsOf } from "./functions.js";
import { load } from "./engine.js";
import type { Entry } from "./layouts.js";
import { isSigningOutByMark } from "./mark.js";
import { copyOf, of } from "./options.js";
import { isServer } from "./page.js";
import { failed } from "./results.js";
import { type Settings, settingsOf } from "./settings.js";
import { begin } from "./sign-out.js";
import { warnOf } from "./warn.js";
import type {
  ReturnedSignOutResult,
  SignedOutEvent,
  SignOutResult,
} from "./types.js";

let last = 0;

/** All clients of the page. */
const clients = new Set<FaceClient>();

/** What one configure() has set. Calls stay with the one that they began with, also when the client is configured again. */
export class Setup {
  /** Its number among all of the page: the later it was configured, the higher. */
  readonly order = ++last;
  declare readonly client: FaceClient;
  /** What was given, as it was then. */
  declare readonly config: unknown;
  /** What the face itself reads of it. */
  declare readonly settings: Settings;
  /** Settles when the configuration was accepted or refused. */
  declare readonly ready: Promise<void>;
  /** The engine that knows it. */
  declare driver: Driver | undefined;
  /** The calls and the sign-outs that have not settled. */
  calls = 0;
  signOuts = 0;
  /** Popups that wait for the engine, and removals that wait for a storage. */
  busy = 0;
  /** A later one has taken its place, or the client was disposed of. */
  isOver = false;

  constructor(client: FaceClient, config: unknown) {
    this.client = client;
    this.config = copyOf(config);
    this.settings = settingsOf(this.config);
    this.ready = isServer()
      ? Promise.resolve()
      : this.use("calls", async () => (await load()).open(this));
    // Whoever waits is told; who doesn't await configure() is told by the next call.
    this.ready.catch(() => {});
  }

  /** The engine, which knows this. One that could not be had before is tried again. */
  async ask(): Promise<Driver> {
    await this.ready.catch((error: AuthError) => {
      if (error.code === "configuration") throw error;
    });
    const driver = await load();
    driver.attach(this);
    return driver;
  }

  /** A call, which ends before this does. */
  use<T>(kind: "calls" | "signOuts", call: () => Promise<T>): Promise<T> {
    this.client.setups.add(this);
    this[kind]++;
    const promise = call();
    const over = (value: unknown) => {
      this[kind]--;
      if (this.isOver) this.end();
      // A failed result, be it of a sign-out, of a retry or of the page before.
      warnOf(of(value, "error"), this.config);
    };
    promise.then(over, over);
    return promise;
  }

  /** Lets go of it, once nothing of it is under way. */
  end() {
    this.isOver = true;
    if (this.calls || this.signOuts) return;
    this.client.setups.delete(this);
    this.driver?.release(this);
    this.driver = undefined;
  }

  signOut(options: unknown, kept?: readonly Entry[]): Promise<SignOutResult> {
    return this.use("signOuts", async () => {
      try {
        return await begin(this, options, kept);
      } catch (thrown) {
        // It never rejects, whatever was handed over.
        return failed(asAuthError(thrown));
      }
    });
  }

  isSigningOut(): boolean {
    return (
      this.busy > 0 ||
      (this.driver?.isSigningOut(this) ??
        isSigningOutByMark(this.settings.clientId))
    );
  }

  /** Tells all clients of the app client in this page that its sessions were removed. */
  tellAll(global: boolean) {
    const { clientId } = this.settings;
    for (const client of new Set([...clients, this.client]))
      if (client.setup?.settings.clientId === clientId)
        client.tell({ reason: "signOut", global, redirecting: false });
  }

  tell(event: SignedOutEvent) {
    const isOwn = event.reason === "signOut";
    if (isOwn) this.client.told++;
    // What replaced this hears all else itself.
    if (!this.isOver || (this.signOuts && isOwn)) this.client.tell(event);
  }
}

export class FaceClient {
  /** Its number among all clients of the page. */
  readonly order = ++last;
  /** The newest. */
  declare setup: Setup | undefined;
  /** All that are in use. */
  readonly setups = new Set<Setup>();
  readonly listeners = new Set<(event: SignedOutEvent) => void>();
  /** How often the engine has told of a sign-out of this tab. */
  told = 0;
  /** The result of the page before, once it was taken, and when that sign-out was. */
  declare taken:
    { readonly at: number; readonly result: ReturnedSignOutResult } | undefined;
  isDisposed = false;
  readonly functions = functionsOf(this);

  /** Whether it was made by createClient(), and shares its memory with no other. */
  declare readonly isOwn: boolean;

  constructor(isOwn: boolean) {
    this.isOwn = isOwn;
  }

  configure(config: unknown): Promise<void> {
    clients.add(this);
    this.setup = new Setup(this, config);
    return this.setup.ready;
  }

  /** What calls go to. */
  current(): Setup {
    const { setup } = this;
    const server = isServer();
    if (setup && !server && !this.isDisposed) return setup;
    const error = faceError(
      server ? "invalidState" : this.isDisposed ? "disposed" : "notConfigured",
    );
    warnOf(error, setup?.config);
    throw error;
  }

  isSigningOut(): boolean {
    return (
      !isServer() &&
      [...this.setups].some(
        (setup) =>
          (setup.signOuts || (setup === this.setup && !this.isDisposed)) &&
          setup.isSigningOut(),
      )
    );
  }

  dispose() {
    this.isDisposed = true;
    clients.delete(this);
    for (const setup of this.setups) setup.end();
  }

  tell(event: SignedOutEvent) {
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
