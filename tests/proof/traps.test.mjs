// The engine breaks at each of its calls in turn: the sign-out settles, says what is true, and the next one works.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { sabotageEngine } from "../e2e/lib/sabotage.mjs";
import { sideBySide, useWorld } from "../e2e/lib/world.mjs";

const world = useWorld();

describe("traps", sideBySide(2), () => {
  for (const options of [{}, { global: true }])
    test(`a trap at any call of ${JSON.stringify(options)}: it settles, says what is true, and the next call works`, async (t) => {
      const jane = await world.visitor(t, { init: sabotageEngine });
      let traps = 0;
      for (let n = 1; n <= 60; n++) {
        const tokens = await jane.signIn();
        const before = await jane.page.evaluate(() => heard.length);
        const seen = await jane.page.evaluate(
          async ({ n, options, tokens, clientId }) => {
            const { sabotage } = /** @type {any} */ (globalThis);
            Object.assign(sabotage, { trapAt: n, calls: 0 });
            /** @type {any} */
            const result = await settled(cs.signOut(options), 60_000);
            const trapped = sabotage.calls >= n;
            sabotage.trapAt = 0;
            if (result === "pending") return { pending: true, trapped };
            globalThis.kept = result;
            const left = Object.keys(localStorage).some((key) =>
              key.startsWith(`CognitoIdentityServiceProvider.${clientId}`),
            );
            return {
              trapped,
              left,
              result: show(result),
              refreshToken:
                result.revokeTokenError?.refreshToken === tokens.refreshToken,
              accessToken:
                result.globalSignOutError?.accessToken === tokens.accessToken,
            };
          },
          { n, options, tokens, clientId: jane.clientId },
        );
        assert.ok(!("pending" in seen), `pending, trap ${n}`);
        if (!seen.trapped) break;
        traps++;
        const { result, left } = seen;
        const about = `trap ${n}: ${JSON.stringify(result)}`;
        assert.equal(result.signedOutLocally, !left, about);
        assert.equal(result.status === "failed", left, about);
        assert.equal(left, false, about);
        assert.equal(result.wasSignedIn, true, about);
        if (result.status === "partial") {
          // What is not known to be done is told, with the token to do it.
          assert.equal(seen.refreshToken, !!result.revokeTokenError, about);
          assert.equal(seen.accessToken, !!result.globalSignOutError, about);
          const again = await jane.retry();
          assert.equal(
            world.control.isTokenValid(tokens.refreshToken),
            false,
            about,
          );
          assert.equal(again.signedOutLocally, true, about);
          if (!options.global) assert.equal(again.status, "complete", about);
        }
        assert.deepEqual(
          jane.areValid(tokens),
          { access: false, refresh: false },
          about,
        );
        // The next sign-in and sign-out are as ever.
        const next = await jane.signIn();
        const after = await jane.signOut(options);
        assert.equal(after.status, "complete", about);
        assert.equal(world.control.isTokenValid(next.refreshToken), false);
        const told = (await jane.heard()).slice(before);
        assert.deepEqual(
          told.map(({ reason }) => reason),
          told.map(() => "signOut"),
          about,
        );
        assert.equal(told.length, 2, about);
      }
      assert.ok(traps > 3, `${traps} traps`);
      assert.ok(
        (await jane.page.evaluate(
          () => /** @type {any} */ (globalThis).sabotage.instances,
        )) > traps,
      );
    });
});
