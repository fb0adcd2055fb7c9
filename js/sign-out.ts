// A sign-out: by the engine, and where that can't be had in time, by the emergency.
import type { Setup } from "./client.js";
import type { Driver } from "./driver.js";
import { emergency, shelfOf, shelves } from "./emergency.js";
import { engine } from "./engine.js";
import { type AuthError, faceError } from "./errors.js";
import type { Entry } from "./layouts.js";
import { of, waitMs } from "./options.js";
import { openPopup } from "./page.js";
import { failed } from "./results.js";
import type { SignOutResult } from "./types.js";

/**
 * @param options - read already
 * @param kept - for a retry: what was removed before
 */
export function begin(
  setup: Setup,
  options: unknown,
  kept?: readonly Entry[],
): Promise<SignOutResult> {
  // Inside the gesture, before anything else: WebKit refuses after about a second.
  const popup = of(options, "hostedUI") === "popup" ? openPopup() : undefined;
  const driver = engine();
  const { clientId } = setup.settings;
  const shelf = shelfOf(clientId);
  const from = shelf.entries.length;
  shelf.calls++;
  const result =
    driver && setup.driver === driver
      ? driver.signOut(setup, options, popup, kept)
      : waiting(setup, options, popup, kept, () => shelf.entries.slice(from));
  const over = () => {
    if (!--shelf.calls) delete shelves[clientId];
  };
  result.then(over, over);
  return result;
}

/** Waits for the engine, no longer than for all that is remote; the page may go away meanwhile. */
function waiting(
  setup: Setup,
  options: unknown,
  popup: Window | null | undefined,
  kept: readonly Entry[] | undefined,
  sinceThen: () => readonly Entry[],
): Promise<SignOutResult> {
  const began = performance.now();
  if (popup) setup.busy++;
  return new Promise((resolve) => {
    const signal = kept ? undefined : of(options, "signal");
    const ends: (() => void)[] = [];
    const settle = (how: () => Promise<SignOutResult>) => {
      if (!ends.length) return;
      for (const end of ends.splice(0)) end();
      // Whatever is thrown becomes the promise's.
      resolve((async () => how())());
    };
    const on = (target: unknown, name: string, act: () => void) => {
      try {
        (target as EventTarget).addEventListener(name, act);
        ends.push(() => (target as EventTarget).removeEventListener(name, act));
      } catch {
        // No signal, or no page.
      }
    };
    const giveUp = (error: AuthError) =>
      settle(() => {
        popup?.close();
        return kept || /^(module|unknown)/.test(error.code)
          ? emergency(setup, options, error, kept)
          : Promise.resolve(failed(error));
      });
    const go = (driver: Driver) =>
      settle(() => {
        // Another call that could not wait has removed the session of this one too.
        const removed = sinceThen();
        return driver.signOut(
          setup,
          options,
          popup,
          kept ?? (removed.length ? removed : undefined),
          performance.now() - began,
        );
      });
    const late = () => {
      const driver = engine();
      // It is there, and only its first look at a slow storage is not over.
      if (driver && setup.driver === driver) go(driver);
      else giveUp(faceError("moduleUnavailable"));
    };
    const abort = () => giveUp(faceError("aborted"));
    const timer = setTimeout(late, waitMs(options));
    ends.push(() => {
      clearTimeout(timer);
      if (popup) setup.busy--;
    });
    on(globalThis, "pagehide", late);
    on(signal, "abort", abort);
    if (of(signal, "aborted")) abort();
    else setup.ask().then(go, giveUp);
  });
}
