// refreshTokens() together with the library that signed in: the tokens are new, and all else that the library keeps is as it was.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { HANGS_MS, PASSWORD, ready, until } from "../e2e/lib/world.mjs";
import {
  resources,
  signIn,
  signInWithRedirect,
  tokensOf,
  whoIsIn,
} from "./lib/amplify.mjs";
import {
  amplifyV5,
  assertAllEnded,
  besideTokens,
  enterPassword,
  leaveAndReturn,
  namesLeft,
  oidcSettings,
  useInterop,
} from "./lib/interop.mjs";

/** @import { Visitor } from "../e2e/lib/world.mjs" */

/**
 * Refreshes; what is stored in addition to the tokens stays as it is.
 * @param {Visitor} visitor
 */
async function refresh({ page }) {
  const before = await besideTokens(page);
  assert.ok(before.length > 0);
  const { accessToken } = await page.evaluate(() => cs.refreshTokens());
  assert.deepEqual(await besideTokens(page), before);
  return accessToken;
}

/**
 * Puts more under the user's keys, as a clock that is off and a remembered device do.
 * @param {Visitor} visitor
 */
const plantMore = ({ page, clientId }) =>
  page.evaluate((clientId) => {
    const prefix = `CognitoIdentityServiceProvider.${clientId}.`;
    for (const storage of [localStorage, sessionStorage])
      for (const key of Object.keys(storage)) {
        const at = key.indexOf(prefix);
        if (at < 0 || !key.endsWith(".clockDrift")) continue;
        const user = key.slice(0, -".clockDrift".length);
        storage.setItem(key, "-754321");
        storage.setItem(`${user}.deviceKey`, "us-east-1_device");
        storage.setItem(`${user}.userData`, '{"Username":"jane"}');
      }
  }, clientId);

describe("a refresh", { concurrency: 3, timeout: HANGS_MS * 4 }, () => {
  describe("Amplify v6", () => {
    const world = useInterop("amplify");

    for (const storage of ["local", "session", "cookie", "sync", "async"])
      test(`by a password, in its storage: ${storage}`, async (t) => {
        const jane = await world.visitor(t, {
          config: resources,
          given: { storage },
        });
        const [first] = await signIn(jane);
        await plantMore(jane);
        const details = () =>
          jane.page.evaluate(async () => {
            const { signInDetails } = await amplify.getCurrentUser();
            return signInDetails;
          });
        const before = await details();
        assert.equal(before?.loginId, jane.username);
        const fresh = await refresh(jane);
        assert.notEqual(fresh, first);
        assert.deepEqual((await tokensOf(jane.page))[0], fresh);
        await jane.go("/");
        assert.deepEqual(await details(), before);
        assert.equal((await tokensOf(jane.page))[0], fresh);
        const { status } = await jane.signOut();
        assert.equal(status, "complete");
        assert.equal(await whoIsIn(jane.page), null);
        assert.deepEqual(
          (await namesLeft(jane.page)).filter(
            (name) => !name.endsWith(".deviceKey"),
          ),
          [],
        );
        await assertAllEnded(jane, [fresh]);
      });

    test("by the hosted UI: a later sign-out leaves for it, Amplify's own too", async (t) => {
      const jane = await world.visitor(t, { config: resources });
      await signInWithRedirect(jane);
      const fresh = await refresh(jane);
      assert.equal((await tokensOf(jane.page))[0], fresh);
      const returned = await leaveAndReturn(jane);
      assert.equal(returned.hostedUIError, undefined);
      assert.equal(await jane.isAskedForPassword(), true);

      await signInWithRedirect(jane);
      await refresh(jane);
      await jane.page.evaluate(() => {
        globalThis.ready = false;
        void amplify.signOut();
      });
      await ready(jane.page);
      await until(
        () => jane.isAskedForPassword(),
        "the hosted UI's cookie goes",
      );
    });
  });

  describe("before Amplify v6", () => {
    const world = useInterop("older");
    for (const storage of ["local", "custom", "cookie"])
      test(`amazon-cognito-identity-js in its storage: ${storage}`, async (t) => {
        const jane = await world.visitor(t, { given: { storage } });
        await jane.page.evaluate(
          ([name, word]) => identity.signIn(name, word),
          /** @type {const} */ ([jane.username, PASSWORD]),
        );
        await plantMore(jane);
        const fresh = await refresh(jane);
        await jane.go("/");
        assert.equal(
          await jane.page.evaluate(() => identity.whoIsIn()),
          jane.username,
        );
        const { status, wasSignedIn } = await jane.signOut();
        assert.deepEqual([status, wasSignedIn], ["complete", true]);
        await assertAllEnded(jane, [fresh]);
      });

    test("Amplify v5, by a password: what it read of the user stays", async (t) => {
      const jane = await world.visitor(t, { config: amplifyV5 });
      await jane.page.evaluate(
        ([name, word]) => v5.signIn(name, word),
        /** @type {const} */ ([jane.username, PASSWORD]),
      );
      const names = await namesLeft(jane.page);
      assert.ok(names.some((name) => name.endsWith(".userData")));
      const fresh = await refresh(jane);
      await jane.go("/");
      assert.equal((await jane.page.evaluate(() => v5.tokens()))[0], fresh);
      assert.equal(await jane.page.evaluate(() => v5.whoIsIn()), jane.username);
    });

    test("Amplify v5, by the hosted UI: a later sign-out leaves for it", async (t) => {
      const jane = await world.visitor(t, { config: amplifyV5 });
      await jane.page.evaluate(() => void v5.Auth.federatedSignIn());
      await enterPassword(jane);
      await until(
        () => jane.page.evaluate(() => v5.whoIsIn()),
        "Amplify takes the code",
      );
      const fresh = await refresh(jane);
      assert.equal((await jane.page.evaluate(() => v5.tokens()))[0], fresh);
      const returned = await leaveAndReturn(jane);
      assert.equal(returned.hostedUIError, undefined);
      assert.equal(await jane.isAskedForPassword(), true);
    });
  });

  describe("oidc-client-ts", () => {
    const world = useInterop("oidc");

    test("its record is its own: the refresh is refused, nothing is written", async (t) => {
      const jane = await world.visitor(t, { config: oidcSettings });
      await jane.page.evaluate(() => void oidc.manager.signinRedirect());
      await enterPassword(jane);
      await until(
        () => jane.page.evaluate(() => oidc.whoIsIn()),
        "the library takes the code",
      );
      const before = await besideTokens(jane.page);
      const code = await jane.page.evaluate(() =>
        cs.refreshTokens().then(
          () => "refreshed",
          ({ code }) => code,
        ),
      );
      assert.equal(code, "invalidState");
      assert.deepEqual(await besideTokens(jane.page), before);
      // The library's own refresh, and a sign-out after it.
      await jane.page.evaluate(() => oidc.manager.signinSilent());
      const tokens = await jane.page.evaluate(() => oidc.tokens());
      await leaveAndReturn(jane);
      await assertAllEnded(jane, tokens);
    });
  });
});
