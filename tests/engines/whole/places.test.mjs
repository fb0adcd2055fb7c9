// Where tokens lie and where code runs: storages, tabs, workers, frames, the back-forward cache.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PATIENT_MS, until } from "../../e2e/lib/world.mjs";
import { ONE_BY_ONE, engine, eventually, useEngine } from "../lib/world.mjs";

const world = useEngine();

const OVER = { access: false, refresh: false };

describe(`places: ${engine}`, ONE_BY_ONE, () => {
  for (const storage of ["local", "session", "memory", "cookie"])
    test(`${storage}: stored, loaded, gone when signOut() returns`, async (t) => {
      // WebKit takes no Secure cookie from http://localhost.
      const cookie = { secure: engine !== "webkit" };
      const jane = await world.visitor(t, { config: { storage, cookie } });
      const tokens = await jane.signIn();
      const seen = await jane.page.evaluate(async (clientId) => {
        const held = () =>
          Object.entries({
            local: Object.keys(localStorage),
            session: Object.keys(sessionStorage),
            cookie: document.cookie.split("; "),
          })
            .filter(([, keys]) =>
              keys.some((key) =>
                key.startsWith(`CognitoIdentityServiceProvider.${clientId}.`),
              ),
            )
            .map(([place]) => place);
        const loaded = (await cs.loadTokens())?.username;
        const before = held();
        const running = cs.signOut();
        const after = held();
        const again = await cs.loadTokens();
        return { loaded, before, after, again, end: (await running).status };
      }, jane.clientId);
      assert.deepEqual(seen, {
        loaded: jane.username,
        before: storage === "memory" ? [] : [storage],
        after: [],
        again: null,
        end: "complete",
      });
      assert.deepEqual(jane.areValid(tokens), OVER);
    });

  if (engine === "webkit")
    test("a Secure cookie that is not taken: storeTokens rejects with storage, and nothing is stored", async (t) => {
      const jane = await world.visitor(t, { config: { storage: "cookie" } });
      const { accessToken, refreshToken } = jane.session();
      const error = await jane.page.evaluate(
        (tokens) => rejection(cs.storeTokens(tokens)),
        { accessToken, refreshToken },
      );
      assert.equal(error.code, "storage");
      assert.equal(await jane.page.evaluate(() => document.cookie), "");
    });

  test("a storage whose removal does nothing: failed, and no navigation", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn({ origin: "hostedUI" });
    const seen = await jane.page.evaluate(async () => {
      let left = 0;
      Storage.prototype.removeItem = () => {};
      const result = await cs.signOut({ navigate: () => void left++ });
      return { ...show(result), left };
    });
    assert.equal(seen.status, "failed");
    assert.equal(seen.error.code, "storage");
    assert.equal(seen.left, 0);
  });

  test("a copy in another tab's sessionStorage goes too, and is not stored again", async (t) => {
    const jane = await world.visitor(t, { config: { storage: "session" } });
    const tokens = await jane.signIn();
    const other = await jane.tab();
    await jane.store(tokens, undefined, other);
    assert.equal((await jane.signOut()).status, "complete");
    await eventually(
      async () => (await jane.heard(other)).length,
      "the other tab hears it",
    );
    assert.deepEqual(await jane.keys(other), []);
    const error = await other.evaluate(
      (/** @type {any} */ tokens) => rejection(cs.storeTokens(tokens)),
      { accessToken: tokens.accessToken, refreshToken: tokens.refreshToken },
    );
    assert.equal(error.code, "tokenRevoked");
  });

  test("isSigningOut is true in another tab while the promise is pending, and false after it", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn();
    const other = await jane.tab();
    const letGo = jane.hold("RevokeToken");
    await jane.begin({ timeoutMs: PATIENT_MS });
    const isSigningOut = () => other.evaluate(() => cs.isSigningOut());
    await eventually(isSigningOut, "the other tab sees it");
    letGo();
    assert.equal((await jane.result()).status, "complete");
    await eventually(async () => !(await isSigningOut()), "it is over");
  });

  test("one refresh at a time over all tabs", async (t) => {
    const jane = await world.visitor(t, {
      client: { rotation: { graceSeconds: 0 } },
    });
    await jane.signIn();
    const tabs = [jane.page, await jane.tab(), await jane.tab()];
    for (const tab of tabs) await jane.sees(tab);
    const letGo = jane.hold("GetTokensFromRefreshToken");
    for (const tab of tabs)
      await tab.evaluate(() => {
        globalThis.kept = null;
        void cs.refreshTokens().then(
          ({ accessToken }) => (globalThis.kept = accessToken),
          ({ code }) => (globalThis.kept = code),
        );
      });
    await until(() => jane.calls.length, "one asks");
    letGo();
    const seen = new Set();
    for (const tab of tabs)
      seen.add(
        await eventually(
          () => tab.evaluate(() => globalThis.kept),
          "the refresh settles",
        ),
      );
    assert.equal(seen.size, 1, [...seen].join());
    assert.deepEqual(jane.calls, ["GetTokensFromRefreshToken"]);
  });

  test("50 concurrent sign-outs: one request, and all say so", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn();
    const seen = await jane.page.evaluate(async () => {
      const all = Array.from({ length: 50 }, () => cs.signOut());
      return (await Promise.all(all)).map(({ status }) => status);
    });
    assert.deepEqual(seen, Array(50).fill("complete"));
    assert.deepEqual(jane.calls, ["RevokeToken"]);
  });

  test("back in a page that was left before the sign-out: signed out, by the cache or by a new load", async (t) => {
    const jane = await world.visitor(t, {
      // A message for a kept page makes some engines drop it.
      init: () => {
        Reflect.deleteProperty(globalThis, "BroadcastChannel");
      },
    });
    await jane.signIn();
    const other = await jane.tab();
    await jane.sees(other);
    await other.evaluate(() => {
      globalThis.kept = "the same document";
    });
    await other.goto(`${jane.origin}/blank`);
    await eventually(
      () => other.evaluate(() => location.pathname === "/blank"),
      "it has left",
    );
    assert.equal((await jane.signOut()).status, "complete");
    await other.goBack();
    await eventually(
      () => other.evaluate(() => globalThis.ready && location.pathname === "/"),
      "it is back",
    );
    const restored = await other.evaluate(() => globalThis.kept);
    if (restored) {
      await eventually(
        async () => (await jane.heard(other)).length,
        "the listeners are told",
      );
      assert.deepEqual(await jane.heard(other), [
        { reason: "restored", global: false, redirecting: false },
      ]);
    }
    t.diagnostic(`${engine}: ${restored ?? "a new document"}`);
    assert.equal(await other.evaluate(() => cs.loadTokens()), null);
  });

  for (const how of engine === "chromium" ? ["hidden", "frozen"] : ["hidden"])
    test(`a ${how} page: it settles, and says what is so`, async (t) => {
      const jane = await world.visitor(t);
      /** @type {import("../lib/webdriver.mjs").Window} */
      const window = /** @type {any} */ (jane.page);
      t.after(() => window.restore());
      const tokens = await jane.signIn();
      const letGo = jane.hold("RevokeToken");
      await window.minimize();
      await eventually(
        () => jane.page.evaluate(() => document.visibilityState === "hidden"),
        "it is hidden",
      );
      // A driver's scripts run all the same, so that it can't be over before.
      if (how === "frozen") await window.setLifecycle("frozen");
      await jane.begin({ timeoutMs: 1000 });
      if (how === "frozen") {
        const began = await jane.page.evaluate(() => performance.now());
        await eventually(
          () => jane.page.evaluate((t) => performance.now() > t + 2000, began),
          "its time is over",
        );
        assert.equal(await jane.page.evaluate(() => globalThis.kept), null);
        await window.setLifecycle("active");
      }
      const late = await jane.result();
      assert.equal(late.status, "partial");
      assert.equal(late.revokeTokenError.error.code, "timeout");
      assert.deepEqual(await jane.keys(), []);
      assert.deepEqual(jane.areValid(tokens), { access: true, refresh: true });

      letGo();
      const again = await jane.signIn();
      await jane.begin();
      assert.equal((await jane.result()).status, "complete");
      for (const ended of [tokens, again])
        assert.deepEqual(jane.areValid(ended), OVER);
    });

  test("a worker: memory works, localStorage is refused by name, redirect and popup are invalidState", async (t) => {
    const jane = await world.visitor(t);
    const tokens = jane.session();
    const { accessToken, refreshToken } = tokens;
    const seen = await jane.page.evaluate(
      ({ config, tokens }) =>
        new Promise((resolve, reject) => {
          const worker = new Worker("/worker.js", { type: "module" });
          worker.onmessage = ({ data }) => resolve(data);
          worker.onerror = ({ message }) => reject(new Error(message));
          worker.postMessage({ config, tokens });
        }),
      { config: jane.config, tokens: { accessToken, refreshToken } },
    );
    assert.equal(/** @type {any} */ (seen).refused[0], "configuration");
    assert.equal(/** @type {any} */ (seen).hosted, "invalidState");
    assert.equal(/** @type {any} */ (seen).popup, "invalidState");
    assert.equal(/** @type {any} */ (seen).signedOutLocally, true);
    assert.deepEqual(jane.areValid(tokens), OVER);
  });

  test("a strict Content-Security-Policy with 'wasm-unsafe-eval'; without it the engine as JavaScript signs out", async (t) => {
    const strict = await world.visitor(t, { path: "/csp/" });
    const tokens = await strict.signIn();
    assert.equal((await strict.signOut()).status, "complete");
    assert.deepEqual(strict.areValid(tokens), OVER);
    await strict.leave();

    const jane = await world.visitor(t, { path: "/no-wasm/" });
    const { accessToken, refreshToken } = jane.session();
    await jane.page.evaluate(
      ({ key, accessToken, refreshToken }) => {
        localStorage.setItem(`${key}.LastAuthUser`, "jane");
        localStorage.setItem(`${key}.jane.accessToken`, accessToken);
        localStorage.setItem(`${key}.jane.refreshToken`, refreshToken);
      },
      {
        key: `CognitoIdentityServiceProvider.${jane.clientId}`,
        accessToken,
        refreshToken,
      },
    );
    // There the engine is JavaScript.
    assert.equal((await jane.signOut()).status, "complete");
    assert.deepEqual(await jane.keys(), []);
    assert.equal(world.control.isTokenValid(refreshToken), false);
  });

  test("a result can be cloned and posted, and holds its tokens and retry back", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn();
    jane.fault({
      operation: "RevokeToken",
      times: 3,
      answer: { type: "TooManyRequestsException" },
    });
    const seen = await jane.page.evaluate(async (token) => {
      /** @type {any} */
      const result = await cs.signOut();
      const { port1, port2 } = new MessageChannel();
      const posted = new Promise((resolve) => {
        port1.onmessage = ({ data }) => resolve(data);
      });
      port2.postMessage(result);
      const texts = JSON.stringify([
        result,
        structuredClone(result),
        await posted,
      ]);
      return {
        has: result.revokeTokenError.refreshToken === token,
        shows: texts.includes(token),
        isAuthError: cs.isAuthError(result.revokeTokenError.error),
        again: (await result.retry()).status,
      };
    }, tokens.refreshToken);
    assert.deepEqual(seen, {
      has: true,
      shows: false,
      isAuthError: true,
      again: "complete",
    });
  });
});
