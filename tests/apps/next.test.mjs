// Next.js, app router: examples/next, built by Turbopack and by webpack, and a server component of the tests' own.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { HANGS_MS, until, useWorld, Visitor } from "../e2e/lib/world.mjs";
import { consumer, runIn, serverIn } from "./lib/consumer.mjs";
import {
  forgetShown,
  guardLooks,
  heading,
  hold,
  noteHeadings,
  shown,
  signIn,
} from "./lib/guards.mjs";
import { complaints } from "./lib/journey.mjs";
import { screenshot } from "./lib/screenshots.mjs";

const NEXT = "next/dist/bin/next";
const ENV = { NEXT_TELEMETRY_DISABLED: "1" };
const world = useWorld({ app: false });

for (const bundler of ["turbopack", "webpack"])
  describe(`Next.js: ${bundler}`, { timeout: 20 * HANGS_MS }, () => {
    let folder = "";
    before(async () => {
      folder = await consumer(`next-${bundler}`, {
        templates: ["examples/next", "tests/apps/next"],
      });
      await runIn(folder, NEXT, ["build", `--${bundler}`], ENV);
    });

    /** A user, and the app's server, which knows the user's pool. @param {import("node:test").TestContext} t */
    async function visitor(t) {
      const jane = new Visitor(world, {
        origin: "http://localhost",
        path: "",
        init: noteHeadings,
      });
      const server = await serverIn(folder, NEXT, ["start", "-p", "0"], {
        ...ENV,
        COGNITO: JSON.stringify(jane.config),
      });
      t.after(server.close);
      jane.origin = server.origin;
      await jane.arrive();
      t.after(() => jane.leave());
      return { jane, page: jane.page, server };
    }

    /** @param {Visitor} jane the cookies that no script sees */
    const cookies = async ({ context }) =>
      (await context.cookies())
        .filter(({ httpOnly, domain }) => httpOnly && domain === "localhost")
        .map(({ name }) => name)
        .filter((name) => name.endsWith("_token"))
        .sort();

    /** @param {Visitor} jane */
    const sessions = (jane) =>
      jane.control
        .sessions({ clientId: jane.clientId })
        .map(({ revoked }) => revoked);

    test("the server renders, and knows that it is one", async (t) => {
      const { server } = await visitor(t);
      const answer = await fetch(`${server.origin}/server`);
      assert.equal(answer.status, 200);
      assert.match(
        (await answer.text()).replaceAll("<!-- -->", ""),
        /<output>null failed invalidState<\/output>/,
      );
    });

    test("signs in and out, in the browser and at the server", async (t) => {
      const { jane, page, server } = await visitor(t);
      const seen = complaints(page);
      // The server turns away who has no cookie.
      await page.goto(`${server.origin}/account`);
      await heading(page, "Sign in");
      await signIn(jane, server.origin);
      await screenshot(page, "next-in");
      assert.deepEqual(await cookies(jane), ["access_token", "refresh_token"]);
      const stored = await page.evaluate(() => JSON.stringify(localStorage));
      assert.doesNotMatch(stored, /\.refreshToken"/);

      jane.clearCalls();
      await page.click("#sign-out");
      await page
        .locator("output", { hasText: "signed out: complete" })
        .waitFor();
      await heading(page, "Sign in");
      assert.equal(
        await page.locator("[role=alert]:has-text('not all')").count(),
        0,
      );
      await screenshot(page, "next");
      assert.deepEqual(jane.calls.slice(0, 2), [
        "GlobalSignOut",
        "RevokeToken",
      ]);
      assert.deepEqual(sessions(jane), ["GlobalSignOut"]);
      assert.deepEqual(await cookies(jane), []);
      assert.deepEqual(await jane.keys(page), []);
      await page.goto(`${server.origin}/account`);
      await heading(page, "Sign in");
      assert.deepEqual(seen, []);
      assert.doesNotMatch(server.said(), /error|warn|unhandled/i);
    });

    // What follows is no bundler's affair.
    if (bundler === "webpack") return;

    test("a page for users waits until the sign-out has settled, and is not shown, here and in another tab", async (t) => {
      const { jane, page, server } = await visitor(t);
      await signIn(jane, server.origin);
      await page.click("nav >> text=Home");
      await heading(page, "Home");
      const held = await hold(jane);
      await page.click("#sign-out");
      await held.came;
      await forgetShown(page);
      await page.click("nav >> text=Account");
      // The server still has its cookie, and lets this one pass.
      const other = await jane.tab("");
      await other.goto(`${server.origin}/account`);
      for (const tab of [page, other]) {
        await guardLooks(tab);
        assert.deepEqual(
          (await shown(tab)).filter((text) => !["", "Home"].includes(text)),
          [],
        );
      }
      held.release();
      for (const tab of [page, other]) {
        await heading(tab, "Sign in");
        await tab.waitForURL("**/sign-in");
        assert.equal((await shown(tab)).includes("Account"), false);
      }
      await until(
        async () => (await cookies(jane)).length === 0,
        "the server's cookies are gone",
      );
    });

    test("a page that is left while it signs out tells the server as it goes", async (t) => {
      const { jane, page, server } = await visitor(t);
      await signIn(jane, server.origin);
      const held = await hold(jane);
      await page.click("#sign-out");
      await held.came;
      await page.goto("about:blank");
      await until(
        async () => (await cookies(jane)).length === 0,
        "the server's cookies are gone",
      );
      await until(
        () => sessions(jane).every((revoked) => revoked !== false),
        "the session is over",
      );
      held.release();
    });

    test("the server's page believes Cognito, not the cookie", async (t) => {
      const { jane, page, server } = await visitor(t);
      await signIn(jane, server.origin);
      // Signed out on another device.
      const { status } = await fetch(world.cognito.origin, {
        method: "POST",
        headers: {
          "Content-Type": "application/x-amz-json-1.1",
          "X-Amz-Target": "AWSCognitoIdentityProviderService.GlobalSignOut",
        },
        body: JSON.stringify({ AccessToken: jane.session().accessToken }),
      });
      assert.equal(status, 200);
      await page.goto(`${server.origin}/account`);
      await heading(page, "Sign in");
      assert.equal((await shown(page)).at(-1), "Sign in");
    });
  });
