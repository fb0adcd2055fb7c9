// The records that tabs and pages leave for each other, as the engine writes them (src/flow/mark.rs, src/driver/returned.rs): read for
// `isSigningOut()` where the engine is not ready, written by the last resort.
import { webStorage } from "./last-resort/places.js";
import { clientIdOf } from "./last-resort/settings.js";

/** As many as the engine keeps. */
const MAX_ENTRIES = 8;

/**
 * @param {any} config
 * @param {"ended" | "result"} name
 */
const keyOf = (config, name) => `cognito-signout.${clientIdOf(config)}.${name}`;

/** @param {any} config @returns {any[]} */
const entriesOf = (config) =>
  JSON.parse(
    webStorage("localStorage")?.getItem(keyOf(config, "ended")) ?? "[]",
  );

/** @param {any} config */
export function isSigningOutByMark(config) {
  try {
    // A document that left says so itself: where there is a record, the page has returned.
    const record = webStorage("sessionStorage")?.getItem(
      keyOf(config, "result"),
    );
    const returned = record ? JSON.parse(record).ids : [];
    return entriesOf(config).some(
      ({ h, u, o, l }) =>
        u > Date.now() && (!o || l) && !(l && returned.includes(h)),
    );
  } catch {
    return false;
  }
}

/**
 * Tells other tabs how far the sign-out of these sessions is. They hear it by the `storage` event.
 * @param {any} config
 * @param {string[]} ids
 * @param {object} entry
 */
export function writeMark(config, ids, entry) {
  try {
    if (ids[0])
      localStorage.setItem(
        keyOf(config, "ended"),
        JSON.stringify(
          [
            ...entriesOf(config).filter(({ h }) => !ids.includes(h)),
            ...ids.map((h) => ({ h, ...entry })),
          ].slice(-MAX_ENTRIES),
        ),
      );
  } catch {
    // Blocked or full: then no tab hears of it.
  }
}

/**
 * Leaves the result for the page after the redirect, or takes it back.
 * @param {any} config
 * @param {object} [record]
 * @param {unknown} [appState]
 */
export function writeRecord(config, record, appState) {
  const key = keyOf(config, "result");
  try {
    if (record)
      sessionStorage.setItem(
        key,
        JSON.stringify({ ...record, appState: JSON.stringify(appState) }),
      );
    else sessionStorage.removeItem(key);
  } catch {
    // Blocked or full, or no JSON: the page after learns nothing.
  }
}
