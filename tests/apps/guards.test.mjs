// The examples with a router: a page for users alone, reached while a sign-out is under way, in this tab or another one.
import assert from "node:assert/strict";
import { join } from "node:path";
import { before, after, describe, test } from "node:test";
import { HANGS_MS, PASSWORD, until, useWorld } from "../e2e/lib/world.mjs";
import { consumer, runIn } from "./lib/consumer.mjs";
import {
  forgetShown,
  guardLooks,
  heading,
  hold,
  noteHeadings,
  shown,
  signIn,
  tabTo,
} from "./lib/guards.mjs";
import { complaints, signInAndOut } from "./lib/journey.mjs";
import { screenshot } from "./lib/screenshots.mjs";
import { serveFolder } from "./lib/serve.mjs";
import { COMPLETE, FAILED, told } from "./lib/words.mjs";

const VITE = ["vite/bin/vite.js", "build"];
const BUILDS = {
  "react-router": { builds: [["typescript/bin/tsc"], VITE], site: "dist" },
  "vue-router": { builds: [["vue-tsc/bin/vue-tsc.js"], VITE], site: "dist" },
  angular: {
    // The builder that `ng build` runs, without the rest of that program: 200 packages less.
    builds: [["@angular-devkit/architect-cli/bin/cli.js", "app:build"]],
    site: "dist/browser",
  },
};
const world = useWorld({ app: false });

for (const [name, { builds, site }] of Object.entries(BUILDS))
  describe(`examples: ${name}`, { timeout: 20 * HANGS_MS }, () => {
    let origin = "";
    let close = async () => {};
    before(async () => {
      const folder = await consumer(`example-${name}`, {
        templates: [`examples/${name}`, "tests/apps/example"],
      });
      for (const [program = "", ...args] of builds)
        await runIn(folder, program, args);
      ({ origin, close } = await serveFolder(join(folder, site), {
        fallback: "/index.html",
      }));
    });
    after(() => close());

    /** A user who has signed in. @param {Parameters<typeof world.visitor>[0]} t */
    async function signedIn(t) {
      const jane = await world.visitor(t, {
        origin,
        path: "",
        init: noteHeadings,
      });
      const seen = complaints(jane.page);
      await signIn(jane, origin);
      return { jane, page: jane.page, seen };
    }

    /** The same, with a sign-out under way from the page that all may see. @param {Parameters<typeof world.visitor>[0]} t */
    async function signingOut(t) {
      const { jane, page, seen } = await signedIn(t);
      await page.click("nav >> text=Home");
      await heading(page, "Home");
      const held = await hold(jane);
      await page.click("#sign-out");
      await held.came;
      await forgetShown(page);
      return { jane, page, seen, ...held };
    }

    test("signs in and out", (t) =>
      signInAndOut(world, t, `${origin}/sign-in`, {
        between: (page) => screenshot(page, `${name}-in`),
        tells: (page) => told(page, COMPLETE),
        after: (page) => screenshot(page, name),
      }));

    test("a page for users waits until the sign-out has settled, and is not shown", async (t) => {
      const { page, seen, release } = await signingOut(t);
      await page.click("nav >> text=Account");
      await guardLooks(page);
      assert.deepEqual(
        (await shown(page)).filter((text) => !["", "Home"].includes(text)),
        [],
      );
      // Nor is the user anywhere else yet.
      assert.equal(new URL(page.url()).pathname, "/");
      release();
      await heading(page, "Sign in");
      assert.equal(new URL(page.url()).pathname, "/sign-in");
      await told(page, COMPLETE);
      assert.equal((await shown(page)).includes("Account"), false);
      assert.deepEqual(seen, []);
    });

    test("the page that the user sees goes at once", async (t) => {
      const { jane, page } = await signedIn(t);
      const held = await hold(jane);
      await page.click("#sign-out");
      await held.came;
      await page.locator("h1").waitFor({ state: "hidden" });
      held.release();
      await heading(page, "Sign in");
    });

    test("another tab waits too, and one that shows such a page leaves it", async (t) => {
      const { jane, page } = await signedIn(t);
      const open = await jane.tab("");
      await open.goto(`${origin}/account`);
      await heading(open, "Account");
      const held = await hold(jane);
      await page.click("#sign-out");
      await held.came;
      const other = await jane.tab("");
      await other.goto(`${origin}/account`);
      await guardLooks(other);
      assert.deepEqual(
        (await shown(other)).filter((text) => text !== ""),
        [],
      );
      held.release();
      for (const tab of [other, open]) {
        await heading(tab, "Sign in");
        assert.equal(new URL(tab.url()).pathname, "/sign-in");
      }
      assert.equal((await shown(other)).includes("Account"), false);
    });

    test("a page for users that is asked for while the page leaves for the hosted UI does not cancel that", async (t) => {
      const { jane, page } = await signedIn(t);
      // As if the hosted UI had signed the user in: the session's own word for it.
      await page.evaluate(() => {
        const key = Object.keys(localStorage).find((name) =>
          name.endsWith(".accessToken"),
        );
        if (!key) throw new Error("nobody is signed in");
        localStorage.setItem(
          key.replace("accessToken", "oauthMetadata"),
          '{"oauthSignIn":true}',
        );
      });
      await page.click("nav >> text=Home");
      await heading(page, "Home");
      const held = await hold(jane);
      await page.click("#sign-out");
      await held.came;
      await forgetShown(page);
      jane.clearCalls();
      await page.click("nav >> text=Account");
      await until(() => jane.calls.includes("/logout"), "the page has left");
      held.release();
      await page
        .locator("output", { hasText: "nobody is signed in" })
        .waitFor();
      await heading(page, "Home");
      assert.equal(page.url(), `${origin}/`);
      assert.deepEqual(
        (await shown(page)).filter((text) => !["", "Home"].includes(text)),
        [],
      );
    });

    test("by keyboard alone: in, to the page for users, and out", async (t) => {
      const jane = await world.visitor(t, { origin, path: "" });
      const { page } = jane;
      await page.goto(`${origin}/sign-in`);
      await heading(page, "Sign in");
      await tabTo(page, "User name");
      await page.keyboard.type(jane.username);
      await tabTo(page, "Password");
      await page.keyboard.type(PASSWORD);
      await page.keyboard.press("Enter");
      await heading(page, "Account");
      await tabTo(page, "Sign out everywhere");
      await page.keyboard.press("Enter");
      await told(page, COMPLETE);
    });

    if (name === "angular")
      test("unsubscribing from the sign-out ends its requests, and the user is signed out", async (t) => {
        const { jane, page, seen } = await signedIn(t);
        jane.fault({ operation: "GlobalSignOut", silence: true });
        const ended = page.waitForEvent("requestfailed");
        await page.click("#sign-out");
        await until(
          () => jane.calls.includes("(GlobalSignOut)"),
          "the request has come",
        );
        await page.click("#stop");
        assert.equal((await ended).failure()?.errorText, "net::ERR_ABORTED");
        await heading(page, "Sign in");
        await told(page, "The server was not waited for.");
        assert.deepEqual(await jane.keys(page), []);
        assert.deepEqual(seen, []);
      });

    test("after a sign-out that failed it is shown: the user is still signed in", async (t) => {
      const { page } = await signedIn(t);
      await page.click("nav >> text=Home");
      await heading(page, "Home");
      await page.evaluate(() => {
        Storage.prototype.removeItem = () => {};
      });
      await page.click("#sign-out");
      await told(page, FAILED);
      await page.click("nav >> text=Account");
      await heading(page, "Account");
    });
  });
