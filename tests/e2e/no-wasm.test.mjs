// Where WebAssembly is off: the same engine as JavaScript.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { sideBySide, useWorld } from "./lib/world.mjs";

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

describe("WebAssembly is off", sideBySide(4), () => {
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
    await jane.goOffline();
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
});
