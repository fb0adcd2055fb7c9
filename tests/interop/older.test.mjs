// amazon-cognito-identity-js and Amplify v5 sign in, by their own APIs; cognito-signout signs out, with nothing more to write.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  HANGS_MS,
  PASSWORD,
  SHOWN_TO_OTHER_TABS,
  leftWell,
  until,
} from "../e2e/lib/world.mjs";
import {
  amplifyV5,
  assertAllEnded,
  enterPassword,
  leaveAndReturn,
  namesLeft,
  useInterop,
} from "./lib/interop.mjs";

/** @import { Visitor } from "../e2e/lib/world.mjs" */

describe("before Amplify v6", { concurrency: 2, timeout: HANGS_MS * 4 }, () => {
  const world = useInterop("older");

  for (const [storage, username, global] of /** @type {const} */ ([
    ["local", "jane.doe+a@example.com", false],
    ["local", "jane (home).accessToken", true],
    ["custom", "jane.refreshToken", true],
    ["cookie", "jane doe(1)+a@example.com", false],
  ])) {
    test(`amazon-cognito-identity-js in its storage "${storage}", global: ${global}`, async (t) => {
      const jane = await world.visitor(t, { given: { storage } });
      jane.control.addUser({ username, password: PASSWORD });
      const signIn = () =>
        jane.page.evaluate(
          ([name, word]) => identity.signIn(name, word),
          /** @type {const} */ ([username, PASSWORD]),
        );
      const whoIsIn = (page = jane.page) =>
        page.evaluate(() => identity.whoIsIn());
      const tokens = await signIn();
      const other = await jane.tab();
      await until(
        async () => (await whoIsIn(other)) === username,
        SHOWN_TO_OTHER_TABS,
      );

      const atOnce = await jane.page.evaluate(async (global) => {
        globalThis.kept = cs.signOut({ global });
        const name = await identity.whoIsIn();
        const { status, wasSignedIn } = await kept;
        return { name, status, wasSignedIn };
      }, global);
      assert.deepEqual(atOnce, {
        name: null,
        status: "complete",
        wasSignedIn: true,
      });
      // It asks its storage each time, so the other tab knows as well.
      await until(
        async () => (await whoIsIn(other)) === null,
        SHOWN_TO_OTHER_TABS,
      );
      assert.deepEqual(await namesLeft(jane.page), []);
      await assertAllEnded(jane, tokens);
      await jane.go("/");
      assert.equal(await whoIsIn(), null);
      await signIn();
      await jane.go("/");
      assert.equal(await whoIsIn(), username);
    });
  }

  describe("Amplify v5", () => {
    /** @param {Visitor} visitor */
    const whoIsIn = ({ page }) => page.evaluate(() => v5.whoIsIn());

    test("by a password, with what it leaves behind itself", async (t) => {
      // With an identity pool, for which there is no server here, the hosted UI would not work.
      const identityPoolId = "us-east-1:00000000-0000-4000-8000-000000000000";
      const jane = await world.visitor(t, {
        config: (visitor) => ({
          Auth: { ...amplifyV5(visitor).Auth, identityPoolId },
        }),
      });
      const signIn = () =>
        jane.page.evaluate(
          ([name, word]) => v5.signIn(name, word),
          /** @type {const} */ ([jane.username, PASSWORD]),
        );
      const tokens = await signIn();
      // What an identity pool and a federated sign-in leave.
      await jane.page.evaluate((id) => {
        localStorage.setItem(`CognitoIdentityId-${id}`, "us-east-1:guest");
        localStorage.setItem("aws-amplify-federatedInfo", "{}");
        localStorage.setItem("theme", "dark");
      }, identityPoolId);
      const before = await namesLeft(jane.page);
      assert.ok(before.some((name) => name.endsWith(".userData")));
      const other = await jane.tab();

      const result = await jane.signOut({ global: true });
      assert.equal(result.status, "complete");
      assert.equal(await whoIsIn(jane), null);
      await until(
        () => other.evaluate(async () => (await v5.whoIsIn()) === null),
        SHOWN_TO_OTHER_TABS,
      );
      assert.deepEqual(await namesLeft(jane.page), ["local:theme"]);
      await assertAllEnded(jane, tokens);
      await jane.go("/");
      assert.equal(await whoIsIn(jane), null);
      await signIn();
      assert.equal(await whoIsIn(jane), jane.username);
    });

    test("by the hosted UI, to which it leads back", async (t) => {
      const jane = await world.visitor(t, { config: amplifyV5 });
      const leaveToSignIn = async () => {
        await jane.page.evaluate(() => void v5.Auth.federatedSignIn());
        await jane.page.waitForSelector("[name=password]");
      };
      const signIn = async () => {
        await leaveToSignIn();
        await enterPassword(jane);
        await until(() => whoIsIn(jane), "Amplify takes the code");
        return jane.page.evaluate(() => v5.tokens());
      };
      // A sign-in that is never finished leaves its state, and the misspelt key.
      await leaveToSignIn();
      await jane.go("/");
      const unfinished = await namesLeft(jane.page);
      assert.ok(unfinished.includes("session:ouath_pkce_key"));
      const tokens = await signIn();

      const returned = await leaveAndReturn(jane);
      leftWell(returned);
      assert.equal(returned.wasSignedIn, true);
      assert.equal(await whoIsIn(jane), null);
      assert.deepEqual(await namesLeft(jane.page), []);
      await assertAllEnded(jane, tokens);
      assert.equal(await jane.isAskedForPassword(), true);
      await signIn();
      assert.equal(await whoIsIn(jane), jane.username);
    });
  });
});
