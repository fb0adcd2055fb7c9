// The records that tabs and pages leave for each other, as the engine writes them (src/engine/tables/mark.rs, src/engine/returns.rs): read for
// `isSigningOut()` where the engine is not ready.
import { of } from "./options.js";
import { webStorage } from "./page.js";
import { settingsOf } from "./settings.js";

export function isSigningOutByMark(config: unknown): boolean {
  const { clientId } = settingsOf(config);
  const read = (
    place: "localStorage" | "sessionStorage",
    name: "ended" | "result",
  ): unknown =>
    JSON.parse(
      webStorage(place)?.getItem(`cognito-signout.${clientId}.${name}`) ??
        "null",
    );
  try {
    // A document that left says so itself: where there is a record, the page has returned.
    const returned = (of(read("sessionStorage", "result"), "ids") ??
      []) as unknown[];
    return ((read("localStorage", "ended") ?? []) as Mark[]).some(
      ({ h, u, o, l }) =>
        u > Date.now() && (!o || l) && !(l && returned.includes(h)),
    );
  } catch {
    return false;
  }
}

/** A session's hash, until when its end may take, its outcome, and when its page left. */
interface Mark {
  readonly h: string;
  readonly u: number;
  readonly o?: unknown;
  readonly l?: unknown;
}
