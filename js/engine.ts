// The engine: where it comes from, and the one that there is. The copy of the package that was called first has it for all of its realm.
import type { Driver } from "./driver.js";
import { emergency } from "./emergency.js";
import { faceError } from "./errors.js";
import { layoutOf } from "./layouts.js";
import { warn } from "./warn.js";

/** What the engine's side needs of the face. */
export interface Host {
  readonly emergency: typeof emergency;
  readonly layoutOf: typeof layoutOf;
  readonly warn: typeof warn;
  /** The engine broke: the next call starts a new one. */
  discard(driver: Driver): void;
}

/** Where a copy of the package has its engine. */
export type Source = () => Promise<{ start(host: Host): Promise<Driver> }>;

/** How long a chunk is waited for. */
const CHUNK_MS = 30_000;

const sources = new Set<Source>();
let current: Driver | undefined;
let loading: Promise<Driver> | undefined;

/** The engine, where it is ready. */
export const engine = () => current;

/** One more copy of the package. */
export const addSource = (source: Source) => void sources.add(source);

/** The engine; rejects with AuthError `moduleUnavailable`. */
export const load = () => (loading ??= start());

const host: Host = {
  emergency,
  layoutOf,
  warn,
  discard(driver) {
    if (driver === current) current = loading = undefined;
  },
};

async function start(): Promise<Driver> {
  let cause: unknown;
  // Where one can't be had, the next copy's is tried.
  for (const source of sources) {
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      current = await Promise.race([
        source().then(({ start }) => start(host)),
        new Promise<never>((_, reject) => {
          timer = setTimeout(reject, CHUNK_MS);
        }),
      ]);
      return current;
    } catch (thrown) {
      cause ??= thrown;
    } finally {
      clearTimeout(timer);
    }
  }
  loading = undefined;
  throw faceError("moduleUnavailable", cause);
}
