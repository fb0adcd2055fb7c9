// Where WebAssembly is off: the same engine as JavaScript; and where that can't be had either, the last resort.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { HANGS_MS, useWorld } from "./lib/world.mjs";

const world = useWorld();

/** Ways to have no WebAssembly, and no way to unpack it. @type {Record<string, import("./lib/world.mjs").VisitorOptions>} */
const PLACES = {
  "a Content-Security-Policy without 'wasm-unsafe-eval'": { path: "/no-wasm/" },
  "WebAssembly deleted": {
    init: () => {
      // @ts-expect-error it is always there
      delete globalThis.WebAssembly;
    },
  },
  "no DecompressionStream": {
    init: () => {
      // @ts-expect-error it is always there
      delete globalThis.DecompressionStream;
    },
  },
};

describe(
  "WebAssembly is off",
  { concurrency: 4, timeout: 4 * HANGS_MS },
  () => {
    for (const [place, options] of Object.entries(PLACES))
      test(`${place}: sign-out works all the same`, async (t) => {
        const jane = await world.visitor(t, options);
        const tokens = await jane.signIn();
        const gone = await jane.page.evaluate(async (clientId) => {
          const promise = cs.signOut({ global: true });
          const left = Object.keys(localStorage).filter((key) =>
            key.startsWith(`CognitoIdentityServiceProvider.${clientId}.`),
          );
          return { left, result: show(await promise) };
        }, jane.clientId);
        // Before the promise was there, as ever.
        assert.deepEqual(gone.left, []);
        assert.equal(gone.result.status, "complete");
        assert.deepEqual(jane.calls, ["GlobalSignOut", "RevokeToken"]);
        assert.deepEqual(jane.areValid(tokens), {
          access: false,
          refresh: false,
        });
        assert.equal((await jane.heard()).length, 1);
        await jane.signIn();
        const fresh = await jane.page.evaluate(() => cs.refreshTokens());
        assert.equal(typeof fresh.accessToken, "string");
        assert.equal((await jane.signOut()).status, "complete");
      });

    test("preload({ fallback: true }) keeps it in memory: it works offline", async (t) => {
      const jane = await world.visitor(t, {
        path: "/no-wasm/",
        configure: false,
      });
      await jane.page.evaluate(() => cs.preload({ fallback: true }));
      await jane.context.setOffline(true);
      const tokens = jane.session();
      const result = await jane.page.evaluate(
        async ({ config, accessToken, refreshToken }) => {
          await cs.configure(config);
          await cs.storeTokens({ accessToken, refreshToken });
          return show(await cs.signOut());
        },
        { config: jane.config, ...tokens },
      );
      assert.equal(result.status, "partial");
      assert.equal(result.revokeTokenError.error.code, "network");
      assert.deepEqual(await jane.keys(), []);
    });

    test("neither can be had: this user's keys go, the others' and the device's stay, one RevokeToken is sent", async (t) => {
      const jane = await world.visitor(t, {
        path: "/no-wasm/",
        missing: /fallback/,
      });
      const { accessToken, idToken, refreshToken } = jane.session();
      const prefix = `CognitoIdentityServiceProvider.${jane.clientId}.`;
      const stays = {
        [`${prefix}jane.deviceKey`]: "device",
        [`${prefix}joe.refreshToken`]: "joe's",
        [`${prefix}AuthUserList`]: "joe",
      };
      await jane.page.evaluate(
        (entries) => {
          for (const [key, value] of Object.entries(entries))
            localStorage.setItem(key, value);
        },
        {
          ...stays,
          [`${prefix}AuthUserList`]: "jane,joe",
          [`${prefix}LastAuthUser`]: "jane",
          [`${prefix}jane.accessToken`]: accessToken,
          [`${prefix}jane.idToken`]: idToken,
          [`${prefix}jane.refreshToken`]: refreshToken,
          [`${prefix}inflightOAuth`]: "true",
          "amplify-signin-with-hostedUI": "false",
        },
      );
      const result = await jane.signOut({ global: true });
      assert.equal(result.status, "partial");
      assert.equal(result.wasSignedIn, true);
      assert.equal(result.globalSignOutError.error.code, "moduleUnavailable");
      // That one is known to be done.
      assert.equal(result.revokeTokenError, undefined);
      assert.deepEqual(jane.calls, ["RevokeToken"]);
      assert.equal(world.control.isTokenValid(refreshToken), false);
      const left = await jane.page.evaluate(() => ({ ...localStorage }));
      assert.deepEqual(left, stays);
    });

    test("neither can be had: all sessions are revoked or told of, and an aborted signal leaves them alone", async (t) => {
      const jane = await world.visitor(t, {
        path: "/no-wasm/",
        missing: /fallback/,
      });
      const tokens = [jane.session(), jane.session(), jane.session()].map(
        ({ refreshToken }) => refreshToken,
      );
      jane.fault({
        operation: "RevokeToken",
        times: 1,
        answer: { type: "ForbiddenException" },
      });
      const seen = await jane.page.evaluate(
        async ({ prefix, tokens }) => {
          tokens.forEach((token, i) =>
            localStorage.setItem(`${prefix}user${i}.refreshToken`, token),
          );
          localStorage.setItem(`${prefix}LastAuthUser`, "user1");
          const aborted = show(
            await cs.signOut({ signal: AbortSignal.abort() }),
          );
          const kept = localStorage.getItem(`${prefix}LastAuthUser`);
          /** @type {any} */
          const result = await cs.signOut();
          const { refreshToken, others } = result.revokeTokenError;
          return {
            aborted: [aborted.status, aborted.error.code, kept],
            told: [refreshToken, ...others].map((each) => tokens.indexOf(each)),
            again: (await result.retry()).status,
          };
        },
        { prefix: `CognitoIdentityServiceProvider.${jane.clientId}.`, tokens },
      );
      assert.deepEqual(seen.aborted, ["failed", "aborted", "user1"]);
      assert.equal(seen.told[0], 1);
      assert.deepEqual(seen.told.sort(), [0, 1, 2]);
      assert.equal(seen.again, "complete");
      assert.deepEqual(
        tokens.map((token) => world.control.isTokenValid(token)),
        [false, false, false],
      );
    });

    test("neither can be had: cookies go too, and the browser leaves for the hosted UI", async (t) => {
      const jane = await world.visitor(t, {
        path: "/no-wasm/",
        missing: /fallback/,
        config: { storage: "cookie" },
      });
      const { accessToken, refreshToken } = jane.session({
        origin: "hostedUI",
      });
      await jane.page.evaluate(
        ({ prefix, accessToken, refreshToken }) => {
          const entries = {
            [`${prefix}LastAuthUser`]: "j d",
            [`${prefix}oauthSignIn`]: "true,false",
            [`${prefix}j d.accessToken`]: accessToken,
            [`${prefix}j d.refreshToken`]: refreshToken,
          };
          for (const [key, value] of Object.entries(entries))
            document.cookie = `${encodeURIComponent(key)}=${value}; path=/`;
          void cs.signOut();
        },
        {
          prefix: `CognitoIdentityServiceProvider.${jane.clientId}.`,
          accessToken,
          refreshToken,
        },
      );
      // By the contract's rule: the first one, since none shares a path with this page.
      await jane.page.waitForURL(`${jane.origin}/`);
      assert.equal(
        await jane.page.evaluate(() => document.cookie.includes("Cognito")),
        false,
      );
      assert.equal(world.control.isTokenValid(refreshToken), false);
    });
  },
);
