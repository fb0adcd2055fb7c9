// The records that tabs and pages leave for each other, as the engine writes them (src/engine/tables/mark.rs, src/engine/returns.rs): read for
// `isSigningOut()` where the engine is not ready, and closed for an engine that broke.
import { of } from "./options.js";
import { webStorage } from "./page.js";

/** A session's hash, when its end began and until when that may take, whether it is global, its outcome and when, and when its page left. */
interface Mark {
  readonly h: string;
  readonly t: number;
  readonly u: number;
  readonly g?: number;
  o?: Record<string, string>;
  e?: number;
  readonly l?: unknown;
}

const keyOf = (clientId: string, name: string) =>
  `cognito-signout.${clientId}.${name}`;

/** What stands in a record, or null. */
const read = (storage: Storage | undefined, key: string): unknown =>
  JSON.parse(storage?.getItem(key) ?? "null");

export function isSigningOutByMark(clientId: string): boolean {
  try {
    // A document that left says so itself: where there is a record, the page has returned.
    const record = read(
      webStorage("sessionStorage"),
      keyOf(clientId, "result"),
    );
    const returned = (of(record, "ids") ?? []) as unknown[];
    const marks = read(webStorage("localStorage"), keyOf(clientId, "ended")) as
      Mark[] | null;
    return !!marks?.some(
      ({ h, u, o, l }) =>
        u > Date.now() && (!o || l) && !(l && returned.includes(h)),
    );
  } catch {
    return false;
  }
}

/** Tells other tabs that sign-outs which the engine broke are over: nobody will learn what came of them. */
export function closeMark(clientId: string, since: number) {
  try {
    const key = keyOf(clientId, "ended");
    const marks = (read(localStorage, key) ?? []) as Mark[];
    for (const mark of marks)
      if (!mark.o && mark.t >= since) {
        mark.o = {
          revokeToken: "unconfirmed",
          ...(mark.g && { globalSignOut: "unconfirmed" }),
        };
        mark.e = Date.now();
      }
    localStorage.setItem(key, JSON.stringify(marks));
  } catch {
    // No storage, or nothing in it that could be read.
  }
}
