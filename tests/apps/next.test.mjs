// Next.js, app router: examples/next with Amplify's own adapter, built by Turbopack and by webpack, and a server component of the tests' own.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { HANGS_MS, until, useWorld, Visitor } from "../e2e/lib/world.mjs";
import { isOfEndpoint, resources } from "./lib/amplify.mjs";
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
import { COMPLETE, told } from "./lib/words.mjs";

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
      await runIn(folder, NEXT, ["build", `--${bundler}`], {
        ...ENV,
        // Next.js evaluates the routes; each server is told its own.
        COGNITO: JSON.stringify(resources(world, "none")),
      });
    });

    /** A user, and the app's server, which knows the user's pool. @param {import("node:test").TestContext} t */
    async function visitor(t) {
      const jane = new Visitor(world, {
        origin: "http://localhost",
        path: "",
        init: noteHeadings,
        config: ({ clientId }) => resources(world, clientId),
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

    /** The cookies of the session: Amplify's. @param {Visitor} jane */
    const cookies = async ({ context, clientId }) =>
      (await context.cookies()).filter(({ name }) =>
        name.startsWith(`CognitoIdentityServiceProvider.${clientId}.`),
      );

    /** The ends of their names. @param {Visitor} jane */
    const names = async (jane) =>
      (await cookies(jane)).map(({ name }) => name.split(".").at(-1)).sort();

    /** Has no script see the refresh token's cookie, as a server may set it. @param {Visitor} jane */
    async function hideRefreshToken(jane) {
      const [refreshToken] = (await cookies(jane)).filter(({ name }) =>
        name.endsWith(".refreshToken"),
      );
      assert.ok(refreshToken);
      await jane.context.addCookies([{ ...refreshToken, httpOnly: true }]);
    }

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

    test("signs in and out by Amplify's cookies, which the server reads", async (t) => {
      const { jane, page, server } = await visitor(t);
      const seen = complaints(page);
      // The server turns away who has no session.
      await page.goto(`${server.origin}/account`);
      await heading(page, "Sign in");
      await signIn(jane, server.origin);
      // The server has asked Cognito who that is.
      await page.locator("main", { hasText: jane.username }).waitFor();
      await screenshot(page, "next-in");
      const stored = await names(jane);
      for (const name of ["accessToken", "idToken", "refreshToken"])
        assert.ok(stored.includes(name), name);

      jane.clearCalls();
      await page.click("#sign-out");
      await told(page, COMPLETE);
      await heading(page, "Sign in");
      assert.equal(
        await page.locator("[role=alert]:has-text('server')").count(),
        0,
      );
      await screenshot(page, "next");
      assert.deepEqual(jane.calls.slice(0, 2), [
        "GlobalSignOut",
        "RevokeToken",
      ]);
      assert.deepEqual(sessions(jane), ["GlobalSignOut"]);
      assert.deepEqual(await names(jane), []);
      await page.goto(`${server.origin}/account`);
      await heading(page, "Sign in");
      assert.deepEqual(
        seen.filter((text) => !isOfEndpoint(text)),
        [],
      );
      const said = server.said().split("\n");
      assert.doesNotMatch(
        said.filter((text) => !isOfEndpoint(text)).join("\n"),
        /error|warn|unhandled/i,
      );
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
      assert.deepEqual(await names(jane), []);
    });

    test("a cookie that no script sees is the server's to end: its route revokes the token, and removes it", async (t) => {
      const { jane, page, server } = await visitor(t);
      await signIn(jane, server.origin);
      await hideRefreshToken(jane);
      jane.clearCalls();
      await page.click("#sign-out");
      await told(page, COMPLETE);
      await until(
        async () => (await names(jane)).length === 0,
        "the server's cookie is gone",
      );
      assert.ok(jane.calls.includes("RevokeToken"));
      assert.equal(
        await page.locator("[role=alert]:has-text('server')").count(),
        0,
      );
    });

    test("where the server can't end it, the user is told", async (t) => {
      const { jane, page, server } = await visitor(t);
      await signIn(jane, server.origin);
      await hideRefreshToken(jane);
      jane.fault({
        operation: "RevokeToken",
        answer: { type: "InternalErrorException" },
      });
      await page.click("#sign-out");
      await page.locator("[role=alert]:has-text('server')").waitFor();
      assert.deepEqual(await names(jane), []);
    });

    test("a page that is left while it signs out tells the server as it goes", async (t) => {
      const { jane, page, server } = await visitor(t);
      await signIn(jane, server.origin);
      await hideRefreshToken(jane);
      const held = await hold(jane);
      await page.click("#sign-out");
      await held.came;
      await page.goto("about:blank");
      await until(
        async () => (await names(jane)).length === 0,
        "the server's cookie is gone",
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
