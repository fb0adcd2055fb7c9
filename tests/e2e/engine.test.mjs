// The engine breaks, hangs, or can't be had: every promise settles, says what is true, and the next call works.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FALLBACK, sabotageEngine } from "./lib/sabotage.mjs";
import { needs, sideBySide, until, useWorld } from "./lib/world.mjs";

const world = useWorld();

describe("the engine", sideBySide(4), () => {
  test("retry() after a trap, and a trap in a retry, leave a session alone that was stored since", async (t) => {
    const jane = await world.visitor(t, { init: sabotageEngine });
    const first = await jane.signIn();
    jane.fault({ operation: "RevokeToken", silence: true });
    /** Ends the engine while a promise of it is pending. @param {string} call */
    const trapIn = (call) =>
      jane.page.evaluate(async (call) => {
        const { sabotage } = /** @type {any} */ (globalThis);
        const running =
          call === "retry" ? globalThis.kept.retry() : cs.signOut();
        Object.assign(sabotage, { trapAt: 1, calls: 0 });
        await rejection(cs.loadTokens());
        sabotage.trapAt = 0;
        globalThis.kept = await running;
        return show(globalThis.kept);
      }, call);
    const result = await trapIn("signOut");
    assert.equal(result.status, "partial");
    assert.equal(result.revokeTokenError.error.code, "unknown");
    world.control.clearFaults({ clientId: jane.clientId });
    const second = await jane.signIn();
    const keys = await jane.keys();
    assert.equal((await jane.retry()).status, "complete");
    assert.equal(world.control.isTokenValid(first.refreshToken), false);
    assert.deepEqual(await jane.keys(), keys);
    assert.equal(world.control.isTokenValid(second.refreshToken), true);

    jane.fault({
      operation: "RevokeToken",
      times: 1,
      answer: { type: "ForbiddenException" },
    });
    assert.equal((await jane.signOut()).status, "partial");
    const third = await jane.signIn();
    jane.fault({ operation: "RevokeToken", silence: true });
    const again = await trapIn("retry");
    assert.equal(again.status, "partial");
    assert.equal(again.hidden.refreshToken, "string");
    world.control.clearFaults({ clientId: jane.clientId });
    assert.equal((await jane.retry()).status, "complete");
    assert.equal(world.control.isTokenValid(second.refreshToken), false);
    assert.equal(world.control.isTokenValid(third.refreshToken), true);
    assert.ok(await jane.page.evaluate(() => cs.loadTokens()));
  });

  test("two sign-outs of two sessions, and a trap at any call of the second: each says what is true of its own", async (t) => {
    const jane = await world.visitor(t, { init: sabotageEngine });
    let traps = 0;
    for (let n = 1; n <= 40; n++) {
      world.control.clearFaults({ clientId: jane.clientId });
      const first = await jane.signIn();
      const second = jane.session();
      const before = (await jane.heard()).length;
      // Not silence: the browser has six connections for one host.
      jane.fault({
        operation: "RevokeToken",
        answer: { type: "TooManyRequestsException" },
      });
      const seen = await jane.page.evaluate(
        async ({ n, first, second, clientId }) => {
          const { sabotage } = /** @type {any} */ (globalThis);
          const one = cs.signOut();
          await cs.storeTokens(second);
          Object.assign(sabotage, { trapAt: n, calls: 0 });
          const two = cs.signOut();
          const isTrapped = sabotage.calls >= n;
          // Ends the engine, if it has not trapped yet.
          if (!isTrapped) Object.assign(sabotage, { trapAt: 1, calls: 0 });
          await rejection(cs.loadTokens());
          sabotage.trapAt = 0;
          const results = /** @type {any[]} */ (await Promise.all([one, two]));
          globalThis.kept = results;
          return {
            isTrapped,
            left: Object.keys(localStorage).some((key) =>
              key.startsWith(`CognitoIdentityServiceProvider.${clientId}`),
            ),
            results: results.map(show),
            told: results.map((result) => {
              const { refreshToken, others = [] } = result.revokeTokenError;
              return [first, second].map(({ refreshToken: token }) =>
                [refreshToken, ...others].includes(token),
              );
            }),
          };
        },
        {
          n,
          first: { refreshToken: first.refreshToken },
          second: {
            accessToken: second.accessToken,
            refreshToken: second.refreshToken,
          },
          clientId: jane.clientId,
        },
      );
      const about = `trap ${n}: ${JSON.stringify(seen)}`;
      assert.equal(seen.left, false, about);
      for (const result of seen.results)
        assert.deepEqual(
          [result.status, result.wasSignedIn],
          ["partial", true],
          about,
        );
      assert.equal(seen.told[0]?.[0], true, about);
      assert.equal(seen.told[1]?.[1], true, about);
      assert.equal((await jane.heard()).length, before + 2, about);
      world.control.clearFaults({ clientId: jane.clientId });
      const again = await jane.page.evaluate(async () =>
        Promise.all(
          globalThis.kept.map(async (/** @type {any} */ result) =>
            show(await result.retry()),
          ),
        ),
      );
      for (const result of again)
        assert.equal(
          result.status,
          "complete",
          `${about} ${JSON.stringify(result)}`,
        );
      for (const tokens of [first, second])
        assert.equal(
          world.control.isTokenValid(tokens.refreshToken),
          false,
          about,
        );
      if (!seen.isTrapped) break;
      traps++;
    }
    assert.ok(traps > 0 && traps < 40, `${traps} traps`);
  });

  test("two sign-outs of one session, and a trap: a session that was stored since stays", async (t) => {
    const jane = await world.visitor(t, { init: sabotageEngine });
    const first = await jane.signIn();
    const second = jane.session();
    jane.fault({ operation: "RevokeToken", silence: true });
    const seen = await jane.page.evaluate(
      async ({ token, second }) => {
        const { sabotage } = /** @type {any} */ (globalThis);
        const running = [cs.signOut(), cs.signOut()];
        await cs.storeTokens(second);
        Object.assign(sabotage, { trapAt: 1, calls: 0 });
        await rejection(cs.loadTokens());
        sabotage.trapAt = 0;
        const results = /** @type {any[]} */ (await Promise.all(running));
        return {
          told: results.map(({ signedOutLocally, revokeTokenError }) => [
            signedOutLocally,
            revokeTokenError.refreshToken === token,
          ]),
          stays: (await cs.loadTokens())?.refreshToken === second.refreshToken,
          heard: heard.length,
        };
      },
      {
        token: first.refreshToken,
        second: {
          accessToken: second.accessToken,
          refreshToken: second.refreshToken,
        },
      },
    );
    assert.deepEqual(seen, {
      told: [
        [true, true],
        [true, true],
      ],
      stays: true,
      heard: 1,
    });
    assert.equal(world.control.isTokenValid(second.refreshToken), true);
  });

  test("a trap in the retry() of what was removed without an engine: nothing is lost", async (t) => {
    const jane = await world.visitor(t, {
      init: sabotageEngine,
      missing: FALLBACK,
      configure: false,
    });
    const tokens = jane.session();
    await jane.page.evaluate(
      ({ config, prefix, accessToken, refreshToken }) => {
        /** @type {any} */ (globalThis).sabotage.isAway = true;
        cs.configure(config).catch(() => {});
        localStorage.setItem(`${prefix}LastAuthUser`, "jane");
        localStorage.setItem(`${prefix}jane.accessToken`, accessToken);
        localStorage.setItem(`${prefix}jane.refreshToken`, refreshToken);
      },
      {
        config: jane.config,
        prefix: `CognitoIdentityServiceProvider.${jane.clientId}.`,
        accessToken: tokens.accessToken,
        refreshToken: tokens.refreshToken,
      },
    );
    assert.equal((await jane.signOut()).status, "partial");
    await jane.page.evaluate((config) => {
      /** @type {any} */ (globalThis).sabotage.isAway = false;
      return cs.configure(config);
    }, jane.config);
    jane.fault({ operation: "RevokeToken", silence: true });
    const result = await jane.page.evaluate(async () => {
      const { sabotage } = /** @type {any} */ (globalThis);
      const running = globalThis.kept.retry();
      await cs.loadTokens();
      Object.assign(sabotage, { trapAt: 1, calls: 0 });
      await rejection(cs.loadTokens());
      sabotage.trapAt = 0;
      globalThis.kept = await running;
      return show(globalThis.kept);
    });
    assert.equal(result.status, "partial");
    assert.equal(result.revokeTokenError.error.code, "unknown");
    assert.equal(result.hidden.refreshToken, "string");
    world.control.clearFaults({ clientId: jane.clientId });
    const again = await jane.retry();
    assert.equal(again.status, "complete");
    assert.equal(again.wasSignedIn, true);
    assert.equal(world.control.isTokenValid(tokens.refreshToken), false);
    assert.equal((await jane.heard()).length, 1);
  });

  test("a trap in another call: it rejects, and the next one works", async (t) => {
    const jane = await world.visitor(t, { init: sabotageEngine });
    const tokens = await jane.signIn();
    const seen = await jane.page.evaluate(async () => {
      const { sabotage } = /** @type {any} */ (globalThis);
      /** @type {any[]} */
      const seen = [];
      for (const call of [
        () => cs.loadTokens(),
        () => cs.takeSignOutResult(),
        () => cs.revokeToken("token"),
      ]) {
        Object.assign(sabotage, { trapAt: 1, calls: 0 });
        const error = await settled(rejection(call()), 60_000);
        sabotage.trapAt = 0;
        seen.push(error.code, !!(await cs.loadTokens()));
      }
      Object.assign(sabotage, { trapAt: 1, calls: 0 });
      seen.push(cs.isSigningOut());
      sabotage.trapAt = 0;
      seen.push(!!(await cs.loadTokens()));
      return seen;
    });
    assert.deepEqual(seen, [
      ...["unknown", true, "unknown", true, "unknown", true],
      ...[false, true],
    ]);
    assert.equal((await jane.signOut()).status, "complete");
    assert.deepEqual(jane.areValid(tokens), { access: false, refresh: false });
  });

  test(
    "a call that never ends does not keep the others waiting: loadTokens settles too",
    needs("clock"),
    async (t) => {
      const jane = await world.visitor(t, { init: sabotageEngine });
      await jane.signIn();
      await jane.page.clock.install();
      await jane.page.evaluate(() => {
        /** @type {any} */ (globalThis).sabotage.hang = true;
        globalThis.kept = [];
        for (const call of [cs.loadTokens, cs.takeSignOutResult])
          void rejection(call()).then((error) => globalThis.kept.push(error));
      });
      await jane.page.clock.runFor(120_000);
      await jane.page.waitForFunction(() => globalThis.kept.length === 2);
    },
  );

  for (const answers of [true, false])
    test(
      `an engine that never answers, ${answers ? "and has done all" : "and waits for Cognito"}: settled by the watchdog, and the next call works`,
      needs("clock"),
      async (t) => {
        const jane = await world.visitor(t, { init: sabotageEngine });
        const tokens = await jane.signIn();
        if (!answers) jane.fault({ operation: "RevokeToken", silence: true });
        await jane.page.clock.install();
        await jane.page.evaluate(() => {
          /** @type {any} */ (globalThis).sabotage.hang = true;
          globalThis.kept = null;
          void cs
            .signOut({ global: true })
            .then((result) => (globalThis.kept = result));
        });
        // What Cognito has answered is known, though the engine says nothing.
        await until(() => jane.calls.length === 2, "both are sent");
        await jane.page.clock.runFor(60_000);
        await jane.page.waitForFunction(() => globalThis.kept);
        const result = await jane.page.evaluate(() => show(globalThis.kept));
        assert.equal(result.status, answers ? "complete" : "partial");
        assert.equal(result.signedOutLocally, true);
        assert.equal(result.globalSignOutError, undefined);
        if (!answers)
          assert.equal(result.revokeTokenError.error.code, "unknown");
        assert.deepEqual(await jane.keys(), []);
        assert.equal(jane.areValid(tokens).access, false);
        assert.equal((await jane.heard()).length, 1);

        world.control.clearFaults({ clientId: jane.clientId });
        await jane.page.evaluate(() => {
          /** @type {any} */ (globalThis).sabotage.hang = false;
        });
        await jane.page.clock.resume();
        const next = await jane.signIn();
        assert.equal((await jane.signOut()).status, "complete");
        assert.equal(world.control.isTokenValid(next.refreshToken), false);
      },
    );

  test("an engine that comes later: retry() and the next calls have it", async (t) => {
    const jane = await world.visitor(t, {
      configure: false,
      missing: FALLBACK,
      init: () => {
        const real = WebAssembly.instantiate;
        WebAssembly.instantiate = /** @type {any} */ (
          () => Promise.reject(new Error("not now"))
        );
        Object.assign(globalThis, {
          mend: () => (WebAssembly.instantiate = real),
        });
        addEventListener("unhandledrejection", () => globalThis.kept++);
      },
    });
    const tokens = jane.session();
    jane.fault({
      operation: "RevokeToken",
      times: 1,
      answer: { type: "TooManyRequestsException" },
    });
    const seen = await jane.page.evaluate(
      async ({ config, key, tokens }) => {
        globalThis.kept = 0;
        const codes = [
          (await rejection(cs.preload({ fallback: true }))).code,
          (await rejection(cs.configure(config))).code,
        ];
        localStorage.setItem(`${key}.LastAuthUser`, "jane");
        localStorage.setItem(`${key}.jane.accessToken`, tokens.accessToken);
        localStorage.setItem(`${key}.jane.refreshToken`, tokens.refreshToken);
        const result = await cs.signOut({ global: true });
        /** @type {any} */ (globalThis).mend();
        const again =
          result.status === "partial" ? await result.retry?.() : result;
        return [
          ...codes,
          result.status,
          again?.status,
          await cs.loadTokens(),
          (await cs.signOut()).steps.length > 0,
          globalThis.kept,
        ];
      },
      {
        config: jane.config,
        key: `CognitoIdentityServiceProvider.${jane.clientId}`,
        tokens,
      },
    );
    assert.deepEqual(seen, [
      ...["moduleUnavailable", "moduleUnavailable"],
      ...["partial", "complete", null, true, 0],
    ]);
    assert.deepEqual(jane.areValid(tokens), { access: false, refresh: false });
  });

  test("a strict Content-Security-Policy with 'wasm-unsafe-eval'", async (t) => {
    const jane = await world.visitor(t, { path: "/csp/" });
    const tokens = await jane.signIn();
    assert.equal((await jane.signOut()).status, "complete");
    assert.deepEqual(jane.areValid(tokens), { access: false, refresh: false });
  });

  test("a strict Content-Security-Policy with Trusted Types", async (t) => {
    const jane = await world.visitor(t, { path: "/trusted/" });
    const tokens = await jane.signIn();
    // The policy is in force.
    assert.equal(
      await jane.page.evaluate(() => {
        try {
          document.body.innerHTML = "<p>";
          return "taken";
        } catch (error) {
          return /** @type {Error} */ (error).name;
        }
      }),
      "TypeError",
    );
    const result = await jane.signOut({ global: true });
    assert.equal(result.status, "complete", JSON.stringify(result));
    assert.deepEqual(jane.areValid(tokens), { access: false, refresh: false });
  });
});
