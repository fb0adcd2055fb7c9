// The interface of all scenarios, and the choice of its driver: Playwright with Chromium, or WebDriver
// with the engine that ENGINE names.
import { after, before } from "node:test";
import { HANGS_MS, World } from "./visitor.mjs";
import { EngineWorld, engine } from "./webdriver/world.mjs";

export * from "./visitor.mjs";
export { engine };

/** What only some drivers can do. */
const CAPABILITIES = {
  back: "the browser's way back out of a page of another origin",
  browserArgs: "a browser with arguments of the test's",
  clock: "a page's clock that the test moves",
  cookieJar: "the browser's cookies, seen and set from outside",
  devTools: "the DevTools protocol, and the events of a page",
  frames: "scripts in a frame of another origin",
  freezePage: "a page that the browser freezes",
  hidePage: "a page whose window is minimized",
  openWindows: "windows that a page opens without a click",
  interceptRequests: "answers in place of the network's",
};

/** @typedef {keyof typeof CAPABILITIES} Capability */

/** What the driver can do. @type {Capability[]} */
const CAN = process.env.ENGINE
  ? [
      "hidePage",
      ...(engine === "chromium" ? /** @type {const} */ (["freezePage"]) : []),
      ...(engine !== "webkit"
        ? /** @type {const} */ (["back", "openWindows"])
        : []),
    ]
  : [
      "back",
      "browserArgs",
      "clock",
      "cookieJar",
      "devTools",
      "frames",
      "interceptRequests",
      "openWindows",
    ];

/** @param {Capability} capability */
export const can = (capability) => CAN.includes(capability);

/**
 * The options of a test that needs capabilities: it is skipped, by their names, where the driver lacks one.
 * @param {...Capability} capabilities
 */
export function needs(...capabilities) {
  const lacking = capabilities.find((each) => !can(each));
  const driver = process.env.ENGINE ? "WebDriver" : "Playwright";
  return lacking
    ? {
        skip: `needs ${lacking} (${CAPABILITIES[lacking]}), not to be had by ${driver}`,
      }
    : {};
}

/**
 * The options of a `describe`: how many of its tests run side by side, and when they hang. WebDriver's
 * tests share one browser, and so run one after another.
 * @param {number} concurrency
 * @param {number} [patience] in units of `HANGS_MS`
 */
export const sideBySide = (concurrency, patience = 4) => ({
  concurrency: process.env.ENGINE ? 1 : concurrency,
  timeout: (process.env.ENGINE ? 10 : patience) * HANGS_MS,
});

/**
 * Opens a world before the tests of a file, and closes it after them.
 * @param {import("./visitor.mjs").WorldOptions} [options]
 */
export function useWorld(options) {
  /** @type {World} */
  const world = process.env.ENGINE ? new EngineWorld() : new World();
  before(() => world.open(options), { timeout: 3 * HANGS_MS });
  after(() => world.close());
  return world;
}
