// examples/electron: its page, in Chromium in place of Electron's or Cordova's window, and beside it another browser as the system's.
import assert from "node:assert/strict";
import { before, after, describe, test } from "node:test";
import {
  HANGS_MS,
  PASSWORD,
  until,
  useWorld,
  Visitor,
} from "../e2e/lib/world.mjs";
import { consumer, runIn } from "./lib/consumer.mjs";
import { complaints } from "./lib/journey.mjs";
import { screenshot } from "./lib/screenshots.mjs";
import { serveFolder } from "./lib/serve.mjs";
import { COMPLETE, told } from "./lib/words.mjs";

const SIGNED_IN = "com.example.app://signed-in";
const SIGNED_OUT = "com.example.app://signed-out";
const world = useWorld({ app: false });

/** What each shell gives its page, over the functions `openInBrowser` and `followed` of the test. */
const SHELLS = {
  electron: () => {
    const test = /** @type {any} */ (globalThis);
    test.desktop = {
      openExternal: test.openInBrowser,
      onLink: (/** @type {any} */ listener) => (test.followed = listener),
    };
  },
  cordova: () => {
    const test = /** @type {any} */ (globalThis);
    test.cordova = {
      InAppBrowser: {
        open: (/** @type {string} */ url, /** @type {string} */ target) => {
          if (target === "_system") test.openInBrowser(url);
        },
      },
    };
    test.followed = (/** @type {string} */ link) => test.handleOpenURL(link);
  },
};

describe("examples: electron", { timeout: 20 * HANGS_MS }, () => {
  let origin = "";
  let close = async () => {};
  before(async () => {
    const folder = await consumer("example-electron", {
      templates: ["examples/electron", "tests/apps/example"],
    });
    // The main process and the preload script too, against Electron's own types.
    await runIn(folder, "typescript/bin/tsc", []);
    ({ origin, close } = await serveFolder(folder));
  });
  after(() => close());

  for (const [shell, init] of Object.entries(SHELLS))
    test(`as in ${shell}: the hosted UI's session ends in the system browser, and the app stays`, async (t) => {
      const jane = new Visitor(world, {
        origin,
        path: "",
        client: { callbackUrls: [SIGNED_IN], logoutUrls: [SIGNED_OUT] },
        config: {
          hostedUI: {
            domain: world.cognito.origin,
            redirectSignOut: SIGNED_OUT,
          },
        },
      });
      await jane.arrive();
      t.after(() => jane.leave());
      const { page } = jane;
      const seen = complaints(page);
      const says = (/** @type {string} */ text) =>
        page.locator("output", { hasText: text }).waitFor();

      const browser = await world.browser.newContext();
      t.after(() => browser.close());
      browser.setDefaultTimeout(HANGS_MS / 2);
      const tab = await browser.newPage();
      /** @type {string[]} */
      const links = [];
      // No system knows the app's scheme here: the link is read off the answer that leads to it.
      tab.on("response", async (answer) => {
        const { location = "" } = await answer.allHeaders();
        if (location.startsWith("com.example.app:")) links.push(location);
      });
      /** @type {string[]} */
      const opened = [];
      await page.exposeFunction(
        "openInBrowser",
        (/** @type {string} */ url) => {
          opened.push(url);
          // A link to an app ends in no page.
          void tab.goto(url).catch(() => {});
        },
      );
      const follow = async () => {
        const link = await until(() => links.shift(), "a link to the app");
        await page.evaluate(
          (link) => /** @type {any} */ (globalThis).followed(link),
          link,
        );
        return link;
      };
      await page.addInitScript(init);
      await page.goto(`${origin}/`);
      await says("nobody is signed in");

      await page.click("#sign-in");
      await tab.fill("[name=username]", jane.username);
      await tab.fill("[name=password]", PASSWORD);
      await tab.press("[name=password]", "Enter");
      assert.match(await follow(), /^com\.example\.app:\/\/signed-in\?/);
      await says(`signed in as ${jane.username}`);
      await screenshot(page, `${shell}-in`);

      jane.clearCalls();
      await page.click("#sign-out");
      await told(page, COMPLETE);
      assert.equal(await follow(), SIGNED_OUT);
      await screenshot(page, shell);
      assert.deepEqual(jane.calls.toSorted(), ["/logout", "RevokeToken"]);
      const { origin: to, pathname, searchParams } = new URL(opened[1] ?? "");
      assert.equal(to + pathname, `${world.cognito.origin}/logout`);
      assert.equal(searchParams.get("logout_uri"), SIGNED_OUT);
      assert.deepEqual(await jane.keys(page), []);

      // Nothing lingers: the next sign-in starts at once, and asks for the password.
      await page.click("#sign-in");
      await tab.locator("[name=password]").waitFor();
      assert.deepEqual(seen, []);
    });
});
