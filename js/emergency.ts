// What is done where the engine can't be had in time, or broke: this client's keys are removed and read back. Nothing is sent, and the page
// is not left; what was removed stays in memory, for the engine that retry() finds.
import type { Setup } from "./client.js";
import type { AuthError } from "./errors.js";
import { type Entry, layoutOf } from "./layouts.js";
import { isSigningOutByMark } from "./mark.js";
import { attempt, copyOf, of, waitMs } from "./options.js";
import { webStorage } from "./page.js";
import { failed, hide, hideRefreshTokens, hideRetry } from "./results.js";
import type { Settings } from "./settings.js";
import type { SignOutResult } from "./types.js";

/** How long the app's own storage may take. */
const STORAGE_MS = 5000;

/** What emergencies have removed of an app client, while sign-outs of it are under way. */
interface Shelf {
  entries: Entry[];
  /** The listeners were told, or will be. */
  isTold?: boolean;
  calls: number;
}

export const shelves = Object.create(null) as Record<string, Shelf>;

export const shelfOf = (clientId: string): Shelf =>
  (shelves[clientId] ??= { entries: [], calls: 0 });

/** What an engine that broke had done. */
export interface Ledger {
  /** What it had removed of this client. */
  readonly gone: readonly Entry[];
  /** What it had read of this client before; all else is of a session that was stored since. */
  readonly before: readonly Entry[];
  /** It had read all: what is stored now and is not of `before` was stored since. */
  readonly isPast: boolean;
  /** Whether it was revoked. */
  isRevoked(token: string): boolean;
}

/** A store where sessions lie; the app's own may be asynchronous. */
interface Store {
  read(): Entry[] | Promise<Entry[]>;
  remove(keys: readonly string[]): unknown;
  write(key: string, value: string): unknown;
}

/** Work that runs at once, or waits for each of its steps. */
type Steps<T> = Generator<unknown, T, unknown>;

type Layout = ReturnType<typeof layoutOf>;

const webStore = (storage: Storage, { isWanted }: Layout): Store => ({
  read: () =>
    // Not Object.keys, which looks at every value: with thousands of foreign keys that takes four times as long.
    Object.getOwnPropertyNames(storage)
      .filter(isWanted)
      .map((key) => [key, storage.getItem(key) ?? ""]),
  remove: (keys) => keys.map((key) => attempt(() => storage.removeItem(key))),
  write: (key, value) => storage.setItem(key, value),
});

/** Those that scripts can see, as js-cookie and so Amplify writes them. */
function cookieStore(
  { domain, path, secure, sameSite }: Settings["cookie"],
  { isWanted }: Layout,
): Store {
  const all = () =>
    document.cookie.split(/; */).flatMap((text) => {
      const [raw = "", ...rest] = text.split("=");
      const [name, value] = [raw, rest.join("=").replace(/^"(.*)"$/, "$1")].map(
        (part) => attempt(() => decodeURIComponent(part)) as string | undefined,
      );
      return name && value !== undefined && isWanted(name)
        ? [{ raw, entry: [name, value] as const }]
        : [];
    });
  const at = (name: string, value: unknown) =>
    value ? `; ${name}=${value as string}` : "";
  const own = (path as string) || "/";
  return {
    read: () => all().map(({ entry }) => entry),
    remove(keys) {
      // Every path and domain that the page sees, without attributes, for a frame, and partitioned.
      const folders = location.pathname.split("/");
      const paths = folders.flatMap((_, i) => {
        const folder = folders.slice(0, i + 1).join("/");
        return [folder, `${folder}/`];
      });
      const hosts = location.hostname
        .split(".")
        .map((_, i, parts) => parts.slice(i).join("."));
      const frame = "; samesite=none; secure";
      for (const rest of ["", frame, `${frame}; partitioned`])
        for (const { raw, entry } of all())
          if (keys.includes(entry[0]))
            for (const path of [own, ...paths])
              for (const host of ["", domain, ...hosts])
                document.cookie = `${raw}=; max-age=0${at("path", path)}${at("domain", host)}${rest}`;
    },
    write(key, value) {
      document.cookie = `${key}=${encodeURIComponent(value)}; max-age=31536000${at("path", own)}${at("domain", domain)}${at("samesite", sameSite)}${secure === false ? "" : "; secure"}`;
    },
  };
}

/** The app's own storage, or a StateStore of oidc-client-ts. */
function customStore(given: unknown, { isWanted, candidates }: Layout): Store {
  const call = (names: string[], ...args: string[]): unknown => {
    const name = names.find((name) => typeof of(given, name) === "function");
    return (
      name &&
      (given as Record<string, (...args: string[]) => unknown>)[name]?.(...args)
    );
  };
  const values = async (keys: readonly string[]) => {
    const found = await Promise.all(
      keys.map((key) => call(["getItem", "get"], key)),
    );
    return keys.flatMap((key, i): Entry[] => {
      const value = found[i];
      return typeof value === "string" ? [[key, value]] : [];
    });
  };
  return {
    async read() {
      const names = (await call(["keys", "getAllKeys"])) as
        Iterable<string> | undefined;
      if (names) return values([...names].filter(isWanted));
      const known = await values(candidates([]));
      return values([...new Set(candidates(known))]);
    },
    remove: (keys) =>
      Promise.allSettled(
        keys.map(async (key) => call(["removeItem", "remove"], key)),
      ),
    write: (key, value) =>
      Promise.allSettled([attempt(() => call(["setItem", "set"], key, value))]),
  };
}

/** Runs work of the page's own stores. */
function atOnce<T>(steps: Steps<T>): T {
  let step = steps.next();
  while (!step.done) step = steps.next(step.value);
  return step.value;
}

/** Runs work of the app's own store. */
async function inTime<T>(steps: Steps<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(reject, STORAGE_MS);
  });
  try {
    let step = steps.next();
    while (!step.done)
      step = steps.next(await Promise.race([step.value, late]));
    return step.value;
  } finally {
    clearTimeout(timer);
  }
}

/** Removes this client's sessions, and reads back: in the page's own stores at once. */
function removeAll(settings: Settings, forget: unknown, ledger?: Ledger) {
  const layout = layoutOf(settings);
  const { storage } = settings;
  const { gone, before, isPast } = ledger ?? { gone: [], before: [] };
  // What was in memory went with the engine.
  const removed = [...(storage === "memory" ? before : gone)];

  function* clear(store: Store, isConfigured: boolean): Steps<boolean> {
    const stored = (yield store.read()) as Entry[];
    const isOld = ([key, value]: Entry) =>
      !isPast || before.some((old) => old[0] === key && old[1] === value);
    const isToken = ([key]: Entry) => /Token$|user:/.test(key);
    // Beside a session that was stored since, what holds no token may be that one's.
    const isNew = stored.some((entry) => isToken(entry) && !isOld(entry));
    const ours = stored.filter(
      (entry) => isOld(entry) && (!isNew || isToken(entry)),
    );
    const { keys, leftovers, writes } = layout.find(
      gone.length ? before : stored,
      forget,
    );
    const goes = ours.filter(
      ([key]) => keys.includes(key) || leftovers.includes(key),
    );
    // Before they are removed: what is not waited for may still happen. The current session is the configured store's.
    removed.splice(isConfigured ? 0 : removed.length, 0, ...goes);
    const names = goes.map(([key]) => key);
    yield store.remove(
      [...keys, ...leftovers].filter((key) => names.includes(key)),
    );
    for (const [key, value] of gone.length ? [] : writes)
      yield attempt(() => store.write(key, value));
    const left = (yield store.read()) as Entry[];
    return !left.some(
      (entry) =>
        keys.includes(entry[0]) && names.includes(entry[0]) && isOld(entry),
    );
  }

  let isReached = storage === "memory";
  let isClean = true;
  const visit = (make: () => Store, ...names: unknown[]) => {
    try {
      const isConfigured = names.includes(storage);
      isClean = atOnce(clear(make(), isConfigured)) && isClean;
      isReached ||= isConfigured;
    } catch {
      // Of a store that can't be read nothing can be said.
    }
  };
  const [local, session] = (["local", "session"] as const).map((name) => {
    const web = webStorage(`${name}Storage`);
    if (web) visit(() => webStore(web, layout), name, web);
    return web;
  });
  if (typeof document === "object")
    visit(() => cookieStore(settings.cookie, layout), "cookie");
  const isOwn =
    typeof storage !== "string" && storage !== local && storage !== session;
  return {
    removed,
    isClear: isOwn
      ? inTime(clear(customStore(storage, layout), true)).then(
          (isGone) => isGone && isClean,
          () => false,
        )
      : isReached && isClean,
  };
}

/**
 * A sign-out without an engine.
 *
 * @param error - why there is none
 * @param kept - what was removed before, for a retry: nothing is touched then
 * @param ledger - what the engine had done when it broke
 * @param isTold - the listeners know already
 */
export async function emergency(
  setup: Setup,
  options: unknown,
  error: AuthError,
  kept?: readonly Entry[],
  ledger?: Ledger,
  isTold?: boolean,
): Promise<SignOutResult> {
  const { config, settings } = setup;
  const { clientId } = settings;
  if (!clientId) return failed(error);
  const forget = of(options, "forgetDevice");
  const isGlobal = of(options, "global") === true;
  // Another tab may have removed the session, and not be through.
  const isUnderWay = !kept && isSigningOutByMark(clientId);
  let isClear = true;
  if (!kept) {
    const removal = removeAll(settings, forget, ledger);
    const own = shelfOf(clientId);
    const shelf = own.entries;
    let isNews = !own.isTold;
    own.isTold = true;
    // What another call has removed meanwhile is its session too.
    const keep = () => {
      const all = new Map<string, Entry>();
      for (const entry of [...removal.removed, ...shelf])
        all.set(entry.join("\0"), entry);
      for (const entry of all.values())
        if (!shelf.includes(entry)) isNews = shelf.push(entry) > 0;
      return [...all.values()];
    };
    keep();
    setup.busy++;
    isClear = await removal.isClear;
    setup.busy--;
    kept = keep();
    if (isClear && !isTold && isNews) setup.tellAll(isGlobal);
  }
  const { sessions, hostedUI } = layoutOf(settings).find(kept, forget);
  const isElsewhere = isUnderWay && !sessions.length;
  const wasSignedIn = sessions.length > 0 || isElsewhere;
  const [main] = sessions;
  const errors: Record<string, object> = {};
  const refreshTokens = [
    ...new Set(sessions.map(({ refreshToken }) => refreshToken)),
  ].filter((token) => token && !ledger?.isRevoked(token));
  if (
    (refreshTokens.length || isElsewhere) &&
    of(config, "tokenRevocation") !== false
  )
    hideRefreshTokens((errors.revokeTokenError = { error }), refreshTokens);
  if (wasSignedIn && isGlobal)
    hide(
      (errors.globalSignOutError = { error }),
      "accessToken",
      main?.accessToken,
    );
  if (!isClear) return { ...failed(error), ...errors };
  if (wasSignedIn && forget) errors.forgetDeviceError = { error };
  const way = of(options, "hostedUI") ?? "auto";
  if (
    way === "auto"
      ? wasSignedIn && hostedUI && settings.hasHostedUI
      : way !== "none"
  )
    errors.hostedUIError = { error };
  const isPartial = Object.keys(errors).length > 0;
  const result = {
    status: isPartial ? "partial" : "complete",
    signedOutLocally: true,
    wasSignedIn,
    ...errors,
    steps: [],
  };
  if (isPartial && !isElsewhere) {
    const again = copyOf(options ?? {}) as Record<string, unknown>;
    // As with the engine, `timeoutMs: 0` does not count for a retry.
    if (!waitMs(options)) delete again.timeoutMs;
    hideRetry(result, () => setup.signOut(again, kept));
  }
  return result as unknown as SignOutResult;
}
