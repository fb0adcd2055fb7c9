// The page around the client, if there is one: its popup, and the way out of it.
import { LEAVING_MS, SLACK_MS } from "./patience.js";

/** Neither a page nor a worker: there is nobody to sign out. */
export const isServer = () =>
  typeof window === "undefined" && !("WorkerGlobalScope" in globalThis);

/** The popup, empty until the engine knows where it goes. */
export function openPopup() {
  try {
    return window.open(
      "about:blank",
      "cognito-signout",
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
 * @returns {Promise<boolean>}
 */
export const leave = (url, navigate) =>
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
    addEventListener("pagehide", () => resolve(true), { once: true });
    location.assign(url);
  });
