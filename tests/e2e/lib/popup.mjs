// The hosted UI in a popup. Popups are watched by polling: a test that is to continue after the next look has to see it.

/**
 * In the page: counts as `globalThis.looks` how often the package asks the popups that it opens whether they are closed. It stands alone.
 */
export function countLooks() {
  const { open } = globalThis;
  globalThis.looks = 0;
  globalThis.open = (...args) => {
    /** @type {any} */
    const popup = open.apply(globalThis, args);
    return new Proxy(/** @type {any} */ ({}), {
      get(_, name) {
        if (name === "closed") globalThis.looks++;
        const value = popup[name];
        return typeof value === "function" ? value.bind(popup) : value;
      },
      set(_, name, value) {
        popup[name] = value;
        return true;
      },
    });
  };
}

/** The hosted UI's page stays open, as its error page and a page that asks do. */
export const LOGOUT_STAYS = {
  operation: "/logout",
  answer: {
    status: 200,
    headers: { "content-type": "text/html" },
    body: "<p>An error was encountered",
  },
};

/** The package has looked at the popup since, and seen where it is. @param {import("playwright-core").Page} page */
export async function isSeen(page) {
  const before = await page.evaluate(() => globalThis.looks);
  await page.waitForFunction((n) => globalThis.looks >= n + 2, before);
}

/**
 * Where an app and the hosted UI may set Cross-Origin-Opener-Policy: the app's folder, and the hosted UI's header.
 * @type {Record<string, [path: string, host?: string]>}
 */
export const COOP = {
  none: ["/"],
  app: ["/coop/"],
  host: ["/", "same-origin"],
  both: ["/coop/", "same-origin"],
  "app, same-origin-allow-popups": ["/coop-popups/"],
  "app, same-origin-allow-popups, and host": ["/coop-popups/", "same-origin"],
};
