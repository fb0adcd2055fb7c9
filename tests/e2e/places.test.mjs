// Workers, and pages that come back from the back-forward cache.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { OVER, allLoad } from "./lib/tabs.mjs";
import { HANGS_MS, leftWell, until, useWorld } from "./lib/world.mjs";

const world = useWorld({ ignoreDefaultArgs: ["--disable-back-forward-cache"] });

describe("places", { concurrency: 3, timeout: 4 * HANGS_MS }, () => {
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

  test("restored from the back-forward cache: the listeners are told, once", async (t) => {
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
    assert.equal(
      await other.evaluate(() => globalThis.kept),
      "the same document",
    );
    await until(
      async () => (await jane.heard(other)).length,
      "the listeners are told",
    );
    assert.deepEqual(await jane.heard(other), [
      { reason: "restored", global: false, redirecting: false },
    ]);
    assert.equal(await other.evaluate(() => cs.loadTokens()), null);
  });

  test("back from the hosted UI's error page into the cached document: redirectNotCompleted", async (t) => {
    const jane = await world.visitor(t, {
      client: { logoutUrls: ["https://elsewhere.example/"] },
    });
    await jane.signIn({ origin: "hostedUI" });
    const stuck = jane.page.waitForURL(/\/(logout|error)/);
    await jane.page.evaluate(() => {
      setTimeout(() => {
        void cs.signOut().then((result) => (globalThis.kept = show(result)));
      });
    });
    await stuck;
    await jane.page.goBack({ waitUntil: "commit" });
    await jane.page.waitForFunction(() => globalThis.ready);
    const result = await jane.page.evaluate(async () =>
      show(await cs.takeSignOutResult()),
    );
    assert.equal(result.status, "partial");
    assert.equal(result.hostedUIError.error.code, "redirectNotCompleted");
    assert.equal(await jane.page.evaluate(() => cs.isSigningOut()), false);
    // The document that left has its own result too: it had settled in `pagehide`.
    const own = await jane.page.evaluate(() => globalThis.kept);
    if (own) leftWell(own);
  });
});
