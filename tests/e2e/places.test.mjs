// Workers, and pages that come back from the back-forward cache.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { allLoad } from "./lib/tabs.mjs";
import {
  LIVE,
  OVER,
  can,
  engine,
  eventually,
  leftWell,
  needs,
  sideBySide,
  until,
  useWorld,
} from "./lib/world.mjs";

const world = useWorld({ ignoreDefaultArgs: ["--disable-back-forward-cache"] });

describe("places", sideBySide(3), () => {
  test("a worker: memory works, localStorage is refused by name, a redirect is hostedUIError(invalidState)", async (t) => {
    const jane = await world.visitor(t);
    const tokens = jane.session();
    const { accessToken, refreshToken } = tokens;
    /** @type {any} */
    const seen = await jane.page.evaluate(
      async ({ config, tokens }) => {
        const worker = new Worker("/worker.js", { type: "module" });
        return new Promise((resolve, reject) => {
          worker.onmessage = ({ data }) => resolve(data);
          worker.onerror = ({ message }) => reject(new Error(message));
          worker.postMessage({ config, tokens });
        });
      },
      { config: jane.config, tokens: { accessToken, refreshToken } },
    );
    assert.equal(seen.refused[0], "configuration");
    assert.match(seen.refused[1], /storage/);
    delete seen.refused;
    assert.deepEqual(seen, {
      heard: "signOut",
      revoke: undefined,
      signedOutLocally: true,
      status: "partial",
      hosted: "invalidState",
      popup: "invalidState",
      taken: null,
      signingOut: false,
    });
    assert.deepEqual(jane.areValid(tokens), OVER);
  });

  test("back in a page that was left before the sign-out: signed out, and told so once if it is restored from the cache", async (t) => {
    const jane = await world.visitor(t, {
      // Chromium drops a kept page that a channel has a message for, and starts it anew.
      init: () => {
        Reflect.deleteProperty(globalThis, "BroadcastChannel");
      },
    });
    await jane.signIn();
    const other = await jane.tab();
    await allLoad([other]);
    await other.evaluate(() => {
      globalThis.kept = "the same document";
    });
    await other.goto(`${jane.origin}/blank`);
    assert.equal((await jane.signOut()).status, "complete");
    await other.goBack({ waitUntil: "commit" });
    await other.waitForFunction(() => globalThis.ready);
    const restored = await other.evaluate(() => globalThis.kept);
    // Chromium with the cache on restores it; another browser may start it again.
    if (can("browserArgs")) assert.equal(restored, "the same document");
    if (restored) {
      await until(
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

  test("back from the hosted UI's error page into the cached document: redirectNotCompleted", async (t) => {
    const jane = await world.visitor(t, {
      client: { logoutUrls: ["https://elsewhere.example/"] },
    });
    await jane.signIn({ origin: "hostedUI" });
    await jane.page.evaluate(() => {
      setTimeout(() => {
        void cs.signOut().then((result) => (globalThis.kept = show(result)));
      });
    });
    await jane.page.waitForURL(/\/(logout|error)/);
    await jane.page.goBack({ waitUntil: "commit" });
    await jane.page.waitForFunction(() => globalThis.ready);
    const result = await jane.take();
    assert.equal(result.status, "partial");
    assert.equal(result.hostedUIError.error.code, "redirectNotCompleted");
    assert.equal(await jane.page.evaluate(() => cs.isSigningOut()), false);
    // The document that left has its own result too: it had settled in `pagehide`.
    const own = await jane.page.evaluate(() => globalThis.kept);
    if (own) leftWell(own);
  });

  for (const how of ["hidden", "frozen"])
    test(
      `a ${how} page: it settles, and says what is so`,
      needs(
        "hidePage",
        ...(how === "frozen" ? [/** @type {const} */ ("freezePage")] : []),
      ),
      async (t) => {
        const jane = await world.visitor(t);
        /** @type {import("./lib/webdriver/session.mjs").Window} */
        const window = /** @type {any} */ (jane.page);
        t.after(() => window.restore());
        /** @param {import("cognito-signout").SignOutOptions} [options] */
        const begin = (options) =>
          jane.page.evaluate((options) => {
            globalThis.kept = null;
            void cs
              .signOut(options)
              .then((result) => (globalThis.kept = result));
          }, options);
        const settles = () =>
          eventually(
            () => jane.page.evaluate(() => show(globalThis.kept)),
            "the sign-out settles",
          );
        const tokens = await jane.signIn();
        const letGo = jane.hold("RevokeToken");
        await window.minimize();
        await eventually(
          () => jane.page.evaluate(() => document.visibilityState === "hidden"),
          "it is hidden",
        );
        // A driver's scripts run all the same, so that it can't be over before.
        if (how === "frozen") await window.setLifecycle("frozen");
        await begin({ timeoutMs: 1000 });
        if (how === "frozen") {
          const began = await jane.page.evaluate(() => performance.now());
          await eventually(
            () =>
              jane.page.evaluate((t) => performance.now() > t + 2000, began),
            "its time is over",
          );
          assert.equal(await jane.page.evaluate(() => globalThis.kept), null);
          await window.setLifecycle("active");
        }
        const late = await settles();
        assert.equal(late.status, "partial");
        assert.equal(late.revokeTokenError.error.code, "timeout");
        assert.deepEqual(await jane.keys(), []);
        assert.deepEqual(jane.areValid(tokens), LIVE);

        letGo();
        const again = await jane.signIn();
        await begin();
        assert.equal((await settles()).status, "complete");
        for (const ended of [tokens, again])
          assert.deepEqual(jane.areValid(ended), OVER);
      },
    );
});
