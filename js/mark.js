// The records that tabs and pages leave for each other, as the engine writes them (src/engine/tables/mark.rs, src/engine/returns.rs): read for
// `isSigningOut()` where the engine is not ready, written by the last resort.
import { webStorage } from "./last-resort/places.js";
import { clientIdOf } from "./last-resort/settings.js";

/** As many as the engine keeps (src/engine/tables/mark.rs), which makes room the same way. */
const MAX_ENTRIES = 32;

/** By how much a current session counts as younger than others when one has to make room, in milliseconds. */
const CURRENT_COUNTS_MS = 3_600_000;

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
 * @param {string[]} ids the current session's first
 * @param {{ t: number, [field: string]: unknown }} entry
 */
export function writeMark(config, ids, entry) {
  try {
    const [current, ...others] = ids;
    if (current)
      localStorage.setItem(
        keyOf(config, "ended"),
        JSON.stringify([
          // Further sessions make room before current ones, older ones before newer ones; the current one never does.
          ...[
            ...entriesOf(config).filter(({ h }) => !ids.includes(h)),
            ...others.map((h) => ({ h, ...entry })),
          ]
            .sort((a, b) => age(a) - age(b))
            .slice(1 - MAX_ENTRIES),
          { h: current, ...entry, c: 1 },
        ]),
      );
  } catch {
    // Blocked or full: then no tab hears of it.
  }
}

/** @param {{ t: number, c?: number }} entry */
const age = ({ t, c }) => t + (c ? CURRENT_COUNTS_MS : 0);

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
