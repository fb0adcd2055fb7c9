// The page around the client, if there is one: its popup, and the way out of it.
import { LEAVING_MS, SLACK_MS } from "./patience.js";

/**
 * Neither a page nor a worker: there is nobody to sign out. Cloudflare has the class of a worker's global, and no place where it is;
 * Deno may have `window` or `location`, and none of the others.
 */
export const isServer = () =>
  typeof location === "undefined" ||
  (typeof document === "undefined" && !("WorkerGlobalScope" in globalThis));

/** The popup, empty until the engine knows where it goes. */
export function openPopup() {
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

/**
 * Leaves the page: true once it is on its way where nothing can call it back, false where it is still here.
 * @param {string} url
 * @param {unknown} navigate the app's own way
 * @param {(seen: { left: "ours" | "replaced", entry?: string }) => void} judged hears in `pagehide` how the page goes away, as the
 *   engine judges it (src/engine/tables/arrival.rs); nothing of the app's own way
 * @returns {Promise<boolean>}
 */
export const leave = (url, navigate, judged) =>
  new Promise((resolve) => {
    setTimeout(() => resolve(false), LEAVING_MS - SLACK_MS);
    if (typeof navigate === "function") {
      Promise.resolve(url)
        .then((url) => navigate(url))
        .then(
          () => resolve(true),
          () => resolve(false),
        );
      return;
    }
    let unloads = 0;
    // Our own is the first; a second one is of a navigation that replaces ours.
    addEventListener("beforeunload", () => unloads++);
    addEventListener(
      "pagehide",
      () => {
        judged({
          left: unloads > 1 ? "replaced" : "ours",
          entry: /** @type {any} */ (globalThis).navigation?.currentEntry?.id,
        });
        resolve(true);
      },
      { once: true },
    );
    location.assign(url);
  });
