// Loads the engine, and notices when it breaks: an instance that trapped is thrown away, glue and all.
import { createGlue } from "../.build/glue.js";
import { faceError } from "./errors.js";
import { instantiate } from "./inlined.js";

/** @typedef {ReturnType<typeof createGlue>} Engine */

/** @type {Engine | undefined} */
let engine;
/** @type {Promise<Engine> | undefined} */
let loading;
/** What to do for each promise that a broken engine will never settle. @type {Set<(cause: unknown) => void>} */
const waiting = new Set();

/** The engine, where it is ready. */
export const current = () => engine;

/** @returns {Promise<Engine>} the engine; rejects with AuthError `moduleUnavailable` */
export const load = () =>
  (loading ??= start().then(
    (started) => (engine = started),
    (thrown) => {
      loading = undefined;
      throw faceError("moduleUnavailable", thrown);
    },
  ));

async function start() {
  let glue = createGlue();
  let exports;
  try {
    ({ exports } = (await instantiate(glue.imports)).instance);
  } catch (thrown) {
    // No WebAssembly here, or a Content-Security-Policy forbids it: the same engine as JavaScript.
    const { createGlue, createInstance } = await loadFallback().catch(() => {
      throw thrown;
    });
    glue = createGlue();
    exports = createInstance(glue.imports);
  }
  const own = glue;
  glue.setWasm(guarded(exports, () => engine === own));
  return glue;
}

/** The engine as JavaScript: a file of its own, loaded only where it is needed, or ahead. */
export const loadFallback = () => import("./fallback.js");

/**
 * Whatever comes out of an export as an exception is a trap: the engine catches all else. After one its state may be
 * anything, so its timers and listeners reach it no more.
 * @param {Record<string, any>} exports
 * @param {() => boolean} isCurrent
 */
function guarded(exports, isCurrent) {
  let broken = false;
  /** @type {Record<string, any>} */
  const guards = {};
  for (const [name, value] of Object.entries(exports))
    guards[name] =
      typeof value === "function"
        ? (/** @type {unknown[]} */ ...args) => {
            // Nothing, in each form that the glue reads.
            if (broken) return [];
            try {
              return value(...args);
            } catch (thrown) {
              broken = true;
              if (isCurrent()) discard(thrown);
              throw thrown;
            }
          }
        : value;
  return guards;
}

/**
 * Throws the engine away and tells everyone who waits for it. The next call starts a new one.
 * @param {unknown} cause
 */
export function discard(cause) {
  engine = loading = undefined;
  const abandoned = [...waiting];
  waiting.clear();
  for (const abandon of abandoned) abandon(cause);
}

/**
 * A promise of the engine that settles even if the engine breaks, or hangs for longer than it may.
 * @template T
 * @param {() => Promise<T>} ask
 * @param {number} [atMostMs]
 * @returns {Promise<T>}
 */
export function watched(ask, atMostMs) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {(cause: unknown) => void} */
  let abandon;
  /** @type {Promise<T>} */
  const promise = new Promise((resolve, reject) => {
    abandon = reject;
    waiting.add(abandon);
    // A trap inside the call itself throws here.
    ask().then(resolve, reject);
    if (atMostMs !== undefined)
      timer = setTimeout(() => discard(new Error("timed out")), atMostMs);
  });
  return promise.finally(() => {
    waiting.delete(abandon);
    clearTimeout(timer);
  });
}
