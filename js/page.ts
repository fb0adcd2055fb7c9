// The page around the client, if there is one.
import { attempt } from "./options.js";

/**
 * Neither a page nor a worker: there is nobody to sign out. Cloudflare has the class of a worker's global, and no place where it is;
 * Deno may have `window` or `location`, and none of the others.
 */
export const isServer = () =>
  typeof location === "undefined" ||
  (typeof document === "undefined" && !("WorkerGlobalScope" in globalThis));

/** The popup, empty until the engine knows where it goes. */
export function openPopup(): Window | null {
  try {
    return window.open(
      "about:blank",
      // One that is reused by its name gets no new sessionStorage.
      `cognito-signout.${Math.random()}`,
      "popup,width=480,height=640",
    );
  } catch {
    return null;
  }
}

/** A web storage, where the page may use it. */
export function webStorage(
  name: "localStorage" | "sessionStorage",
): Storage | undefined {
  return attempt(() => globalThis[name] ?? undefined);
}
