// The engine breaks, hangs, or can't be had: every promise settles, says what is true, and the next call works.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { sabotageEngine } from "./lib/sabotage.mjs";
import { needs, sideBySide, useWorld } from "./lib/world.mjs";

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
    "an engine that never answers: settled by the watchdog, and the next call works",
    needs("clock"),
    async (t) => {
      const jane = await world.visitor(t, { init: sabotageEngine });
      await jane.signIn();
      await jane.page.clock.install();
      await jane.page.evaluate(() => {
        /** @type {any} */ (globalThis).sabotage.hang = true;
        globalThis.kept = null;
        void cs.signOut().then((result) => (globalThis.kept = result));
      });
      await jane.page.clock.runFor(60_000);
      await jane.page.waitForFunction(() => globalThis.kept);
      const result = await jane.page.evaluate(() => show(globalThis.kept));
      assert.equal(result.status, "partial");
      assert.equal(result.signedOutLocally, true);
      assert.equal(result.revokeTokenError.error.code, "unknown");
      assert.deepEqual(await jane.keys(), []);

      await jane.page.evaluate(() => {
        /** @type {any} */ (globalThis).sabotage.hang = false;
      });
      await jane.page.clock.resume();
      const next = await jane.signIn();
      assert.equal((await jane.signOut()).status, "complete");
      assert.equal(world.control.isTokenValid(next.refreshToken), false);
    },
  );

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

  test("no engine at all: configure rejects, signOut works, retry() does the rest", async (t) => {
    const jane = await world.visitor(t, {
      path: "/no-wasm/",
      missing: /fallback/,
    });
    const page = jane.page;
    const store = async () => {
      const tokens = jane.session();
      await page.evaluate(
        ({ key, name, tokens }) => {
          localStorage.setItem(`${key}.LastAuthUser`, name);
          for (const [token, value] of Object.entries(tokens))
            localStorage.setItem(`${key}.${name}.${token}`, value);
        },
        {
          key: `CognitoIdentityServiceProvider.${jane.clientId}`,
          name: jane.username,
          tokens: {
            accessToken: tokens.accessToken,
            idToken: tokens.idToken,
            refreshToken: tokens.refreshToken,
            deviceKey: "kept",
          },
        },
      );
      return tokens;
    };
    const codes = await page.evaluate(
      async (config) => [
        (await rejection(cs.configure(config))).code,
        (await rejection(cs.preload())).code,
        (await rejection(cs.loadTokens())).code,
        (await rejection(cs.refreshTokens())).code,
        (await rejection(cs.storeTokens({ accessToken: "a.b.c" }))).code,
        cs.isSigningOut(),
      ],
      jane.config,
    );
    assert.deepEqual(codes, [...Array(5).fill("moduleUnavailable"), false]);

    const tokens = await store();
    for (const operation of ["GlobalSignOut", "RevokeToken"])
      jane.fault({
        operation,
        times: 1,
        answer: { type: "TooManyRequestsException" },
      });
    const result = await jane.signOut({ global: true });
    assert.equal(result.status, "partial");
    assert.equal(result.wasSignedIn, true);
    assert.equal(result.revokeTokenError.error.code, "moduleUnavailable");
    assert.equal(result.globalSignOutError.error.code, "moduleUnavailable");
    assert.equal(result.hidden.refreshToken, "string");
    assert.equal(result.hidden.accessToken, "string");
    assert.deepEqual(await jane.keys(), [
      `CognitoIdentityServiceProvider.${jane.clientId}.${jane.username}.deviceKey`,
    ]);
    assert.equal((await jane.heard()).length, 1);
    assert.deepEqual(jane.areValid(tokens), { access: true, refresh: true });

    // Nothing left over is complete.
    const nothing = await jane.signOut();
    assert.equal(nothing.status, "complete");
    assert.equal(nothing.wasSignedIn, false);
    await store();
    const off = await page.evaluate(async (config) => {
      cs.configure({ ...config, tokenRevocation: false }).catch(() => {});
      return show(await cs.signOut());
    }, jane.config);
    assert.equal(off.status, "complete");
    assert.equal(off.wasSignedIn, true);
  });

  test("no engine at all: retry() sends one plain request", async (t) => {
    const jane = await world.visitor(t, {
      path: "/no-wasm/",
      missing: /fallback/,
    });
    const tokens = jane.session();
    await jane.page.evaluate(
      ({ key, tokens }) => {
        localStorage.setItem(`${key}.LastAuthUser`, "jane");
        localStorage.setItem(`${key}.jane.accessToken`, tokens.accessToken);
        localStorage.setItem(`${key}.jane.refreshToken`, tokens.refreshToken);
      },
      { key: `CognitoIdentityServiceProvider.${jane.clientId}`, tokens },
    );
    jane.fault({
      operation: "RevokeToken",
      times: 1,
      answer: { type: "TooManyRequestsException" },
    });
    assert.equal((await jane.signOut()).status, "partial");
    const again = await jane.retry();
    assert.equal(again.status, "complete");
    assert.deepEqual(jane.calls, ["(RevokeToken)", "RevokeToken"]);
    assert.deepEqual(jane.areValid(tokens), { access: false, refresh: false });
  });

  test("an engine that comes later: retry() and the next calls have it", async (t) => {
    const jane = await world.visitor(t, {
      configure: false,
      missing: /fallback/,
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
