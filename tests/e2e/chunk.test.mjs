// While the engine is not there: its chunk can't be had, hangs, or comes late.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { put } from "./lib/stored.mjs";
import {
  LIVE,
  OVER,
  PATIENT_MS,
  needs,
  ready,
  sideBySide,
  until,
  useWorld,
} from "./lib/world.mjs";

/** @import { Route } from "playwright-core" */
/** @import { Visitor } from "./lib/world.mjs" */

const world = useWorld();

const CHUNK = /cognito-signout-engine/;

/** What a server may have in the chunk's place. @type {Record<string, (route: Route) => Promise<void>>} */
const BROKEN = {
  "is a 404": (route) => route.fulfill({ status: 404 }),
  "can't be reached": (route) => route.abort(),
  "is a page": (route) =>
    route.fulfill({ contentType: "text/html", body: "<p>Not found" }),
};

/**
 * A visitor with a session, on a page whose chunk is answered by `answer` until `comes` is called.
 * @param {import("node:test").TestContext} t
 * @param {(route: Route) => Promise<void>} [answer] left out, it hangs
 * @param {import("./lib/world.mjs").VisitorOptions} [options]
 */
async function visit(t, answer, options) {
  const jane = await world.visitor(t, { ...options, path: "" });
  /** @type {Route[]} */
  const held = [];
  let asked = 0;
  let isThere = false;
  await jane.context.route(CHUNK, async (route) => {
    asked++;
    if (isThere) await route.continue();
    else if (answer) await answer(route);
    else held.push(route);
  });
  await jane.go("/");
  const tokens = jane.session();
  await put(jane, tokens);
  return {
    jane,
    tokens,
    asked: () => asked,
    async comes() {
      isThere = true;
      for (const route of held.splice(0)) await route.continue();
    },
  };
}

/** Signs out without waiting; `result` gives what comes. @param {Visitor} jane @param {any} [options] */
const begins = (jane, options) =>
  jane.page.evaluate((options) => {
    globalThis.kept = undefined;
    const promise = cs.signOut(options);
    globalThis.kept = promise;
    void promise.then((result) => (globalThis.kept = result));
  }, options);

describe(
  "while the engine is not there",
  { ...sideBySide(4), ...needs("interceptRequests") },
  () => {
    test("the chunk is asked for by configure() or preload(), not by the import", async (t) => {
      for (const call of ["configure", "preload", "createClient"]) {
        const { jane, asked } = await visit(t, undefined, { configure: false });
        await jane.page.evaluate(() => cs.isSigningOut());
        assert.equal(asked(), 0);
        await jane.page.evaluate(
          ({ call, config }) => {
            void (/** @type {any} */ (cs)[call](config));
          },
          { call, config: jane.config },
        );
        await until(asked, `${call} asks for it`);
      }
    });

    for (const [what, answer] of Object.entries(BROKEN))
      test(`a chunk that ${what}: configure() rejects, signOut() works, and later calls have it`, async (t) => {
        const { jane, tokens, comes } = await visit(t, answer);
        const seen = await jane.page.evaluate(
          async (config) =>
            Promise.all(
              [
                cs.configure(config),
                cs.preload(),
                cs.loadTokens(),
                cs.refreshTokens(),
                cs.storeTokens({ accessToken: "a.b.c" }),
                cs.revokeToken("token"),
                cs.takeSignOutResult(),
              ].map(async (promise) => (await rejection(promise))?.code),
            ),
          jane.config,
        );
        assert.deepEqual(seen, Array(7).fill("moduleUnavailable"));
        const result = await jane.signOut();
        assert.equal(result.status, "partial");
        assert.equal(result.revokeTokenError.error.code, "moduleUnavailable");
        assert.deepEqual(await jane.keys(), []);
        assert.deepEqual(jane.calls, []);
        await comes();
        assert.equal(await jane.page.evaluate(() => cs.loadTokens()), null);
        assert.equal((await jane.retry()).status, "complete");
        assert.deepEqual(jane.areValid(tokens), OVER);
        await jane.signIn();
        assert.equal((await jane.signOut()).status, "complete");
      });

    test("a failed import that stays failed: retry() says so and advises a reload, which helps", async (t) => {
      const { jane, tokens, comes } = await visit(t, (route) =>
        route.fulfill({
          contentType: "text/javascript",
          body: "throw new Error('at its evaluation');",
        }),
      );
      assert.equal((await jane.signOut()).status, "partial");
      await comes();
      const again = await jane.retry();
      assert.equal(again.status, "partial");
      const { code, recoverySuggestion } = again.revokeTokenError.error;
      assert.equal(code, "moduleUnavailable");
      assert.match(recoverySuggestion, /reload the page/);
      assert.equal(
        await jane.page.evaluate(
          () => globalThis.kept.revokeTokenError.refreshToken,
        ),
        tokens.refreshToken,
      );
      await jane.page.reload();
      await ready(jane.page);
      await jane.page.evaluate(
        (token) => cs.revokeToken(token),
        tokens.refreshToken,
      );
      assert.deepEqual(jane.areValid(tokens), OVER);
    });

    for (const timeoutMs of [0, PATIENT_MS])
      test(`a chunk that hangs: signOut({ timeoutMs: ${timeoutMs} }) settles, and retry() has the chunk that came after`, async (t) => {
        const { jane, tokens, comes } = await visit(t);
        await jane.page.clock.install();
        await begins(jane, { timeoutMs, global: true });
        await jane.page.clock.runFor(timeoutMs);
        await jane.page.waitForFunction(
          () => !(globalThis.kept instanceof Promise),
        );
        await jane.page.clock.resume();
        const result = await jane.result();
        assert.equal(result.status, "partial");
        assert.equal(result.signedOutLocally, true);
        for (const field of ["revokeTokenError", "globalSignOutError"])
          assert.equal(result[field].error.code, "moduleUnavailable");
        assert.deepEqual(await jane.keys(), []);
        assert.equal((await jane.heard()).length, 1);
        await comes();
        assert.equal((await jane.retry()).status, "complete");
        assert.deepEqual(jane.calls, ["GlobalSignOut", "RevokeToken"]);
        assert.deepEqual(jane.areValid(tokens), OVER);
        assert.equal((await jane.heard()).length, 1);
      });

    test("a chunk that comes in time: nothing is cleared before, and the result is the engine's", async (t) => {
      const { jane, tokens, comes } = await visit(t);
      const keys = await jane.keys();
      await jane.page.evaluate((timeoutMs) => {
        globalThis.kept = Promise.all([
          cs.signOut({ timeoutMs }),
          cs.signOut({ timeoutMs }),
        ]);
      }, PATIENT_MS);
      assert.deepEqual(await jane.keys(), keys);
      assert.equal(await jane.page.evaluate(() => cs.isSigningOut()), false);
      await comes();
      const results = await jane.page.evaluate(async () =>
        (await globalThis.kept).map(show),
      );
      for (const result of results) {
        assert.equal(result.status, "complete");
        assert.equal(result.wasSignedIn, true);
      }
      assert.deepEqual(jane.calls, ["RevokeToken"]);
      assert.deepEqual(jane.areValid(tokens), OVER);
      assert.deepEqual(await jane.keys(), []);
      assert.equal((await jane.heard()).length, 1);
    });

    test(
      "a chunk that comes in time leaves the rest of the time to Cognito",
      needs("clock"),
      async (t) => {
        const { jane, comes } = await visit(t);
        await jane.page.clock.install();
        await begins(jane, { timeoutMs: 60_000 });
        jane.fault({ operation: "RevokeToken", silence: true });
        await jane.page.clock.runFor(40_000);
        await comes();
        await until(() => jane.calls.length, "it is sent");
        const isPending = () =>
          jane.page.evaluate(() => globalThis.kept instanceof Promise);
        await jane.page.clock.runFor(5000);
        assert.equal(await isPending(), true);
        await jane.page.clock.runFor(20_000);
        await jane.page.waitForFunction(
          () => !(globalThis.kept instanceof Promise),
        );
        const result = await jane.result();
        assert.equal(result.revokeTokenError.error.code, "timeout");
      },
    );

    test("the page goes away while it waits: the keys are removed", async (t) => {
      const { jane, tokens } = await visit(t);
      assert.notDeepEqual(await jane.keys(), []);
      await begins(jane, { timeoutMs: PATIENT_MS });
      await jane.page.goto(`${jane.origin}/blank`);
      assert.deepEqual(await jane.keys(), []);
      assert.deepEqual(jane.calls, []);
      assert.deepEqual(jane.areValid(tokens), LIVE);
    });

    test("a signal that is aborted while it waits: failed(aborted), and nothing is touched", async (t) => {
      const { jane, comes } = await visit(t);
      const keys = await jane.keys();
      const result = await jane.page.evaluate(async () => {
        const controller = new AbortController();
        const { signal } = controller;
        const results = [
          cs.signOut({ signal: AbortSignal.abort() }),
          cs.signOut({ signal }),
        ];
        controller.abort();
        return (await Promise.all(results)).map(show);
      });
      for (const { status, error } of result)
        assert.deepEqual([status, error.code], ["failed", "aborted"]);
      await comes();
      assert.ok(await jane.page.evaluate(() => cs.loadTokens()));
      assert.deepEqual(await jane.keys(), keys);
      assert.deepEqual(await jane.heard(), []);
    });

    test("options that are not usable: failed(configuration) once the engine is there", async (t) => {
      const { jane, comes } = await visit(t);
      const keys = await jane.keys();
      await jane.page.evaluate(() => {
        globalThis.kept = Promise.all(
          /** @type {any[]} */ ([
            "5",
            [],
            { timeoutMs: "5" },
            { timeoutMs: -1 },
            { popupTimeoutMs: "5" },
            { signal: "none" },
          ]).map((options) => cs.signOut(options)),
        );
      });
      await comes();
      const results = await jane.page.evaluate(async () =>
        (await globalThis.kept).map(show),
      );
      assert.equal(results.length, 6);
      for (const { status, error } of results)
        assert.deepEqual([status, error.code], ["failed", "configuration"]);
      assert.deepEqual(await jane.keys(), keys);
    });

    describe("with a popup", sideBySide(4), () => {
      test("it opens within the gesture, and nothing is cleared while it waits; then the sign-out is as ever", async (t) => {
        const { jane, tokens, comes } = await visit(t);
        const keys = await jane.keys();
        const popup = await jane.clickToPopup({ timeoutMs: PATIENT_MS });
        assert.equal(popup.url(), "about:blank");
        assert.deepEqual(await jane.keys(), keys);
        assert.equal(await jane.page.evaluate(() => cs.isSigningOut()), true);
        await comes();
        const result = await jane.result();
        assert.equal(result.status, "complete", JSON.stringify(result));
        assert.deepEqual(
          result.steps.map((/** @type {any} */ { step }) => step)[0],
          "popup",
        );
        assert.deepEqual(jane.areValid(tokens), OVER);
        assert.equal(await jane.page.evaluate(() => cs.isSigningOut()), false);
        await until(() => jane.isClosed(popup), "the popup is closed");
      });

      for (const [what, options, status] of /** @type {const} */ ([
        ["the emergency comes", { timeoutMs: 300 }, "partial"],
        ["the signal is aborted", { timeoutMs: PATIENT_MS }, "failed"],
      ]))
        test(`it is closed if ${what}`, async (t) => {
          const { jane } = await visit(t);
          const keys = await jane.keys();
          const popup = await jane.opened(async () => {
            await jane.page.evaluate((options) => {
              const controller = new AbortController();
              globalThis.act = () => controller.abort();
              const { signal } = controller;
              const button = document.createElement("button");
              button.onclick = () => {
                globalThis.kept = cs.signOut({
                  hostedUI: "popup",
                  signal,
                  ...options,
                });
              };
              button.textContent = "Sign out";
              document.body.replaceChildren(button);
            }, options);
            await jane.page.click("button");
          });
          if (status === "failed")
            await jane.page.evaluate(() => globalThis.act());
          const result = await jane.result();
          assert.equal(result.status, status);
          await until(() => jane.isClosed(popup), "the popup is closed");
          assert.equal(
            await jane.page.evaluate(() => cs.isSigningOut()),
            false,
          );
          assert.deepEqual(await jane.keys(), status === "failed" ? keys : []);
          if (status === "partial")
            assert.equal(result.hostedUIError.error.code, "moduleUnavailable");
        });

      test("retry() opens it in the gesture too, and is as a sign-out with one", async (t) => {
        const { jane, tokens, comes } = await visit(t);
        await jane.click({ timeoutMs: 300 });
        assert.equal(
          (await jane.result()).hostedUIError.error.code,
          "moduleUnavailable",
        );
        await comes();
        await jane.page.evaluate(async (config) => {
          await cs.configure(config);
          const result = await globalThis.kept;
          const button = document.createElement("button");
          button.textContent = "Again";
          button.onclick = () => {
            globalThis.kept = result.retry();
          };
          document.body.replaceChildren(button);
        }, jane.config);
        await jane.opened(() => jane.page.click("button"));
        const again = await jane.result();
        assert.equal(again.hostedUIError, undefined, JSON.stringify(again));
        assert.equal(
          again.steps.find((/** @type {any} */ { step }) => step === "popup")
            ?.outcome,
          "ok",
        );
        await until(() => !jane.areValid(tokens).refresh, "it is revoked");
      });
    });

    describe("several copies of the package", sideBySide(4), () => {
      const OWN = /assets\/cognito-signout-engine/;

      for (const [what, answer] of Object.entries(BROKEN))
        test(`the first copy's chunk ${what}: the next copy's is used`, async (t) => {
          const { jane, tokens } = await visit(t, (route) =>
            OWN.test(route.request().url()) ? answer(route) : route.continue(),
          );
          const seen = await jane.page.evaluate(async (config) => {
            // @ts-expect-error the server's copy of the package
            const copy = await import("/package/index.js");
            await copy.configure(config);
            return show(await cs.signOut({ timeoutMs: 60_000 }));
          }, jane.config);
          assert.equal(seen.status, "complete");
          assert.equal(seen.wasSignedIn, true);
          assert.deepEqual(jane.areValid(tokens), OVER);
        });

      test(
        "the first copy's chunk hangs: the next copy's is used",
        needs("clock"),
        async (t) => {
          const { jane, tokens } = await visit(
            t,
            (route) =>
              OWN.test(route.request().url())
                ? new Promise(() => {})
                : route.continue(),
            { configure: false },
          );
          await jane.page.clock.install();
          await jane.page.evaluate(async (config) => {
            cs.configure(config).catch(() => {});
            // @ts-expect-error the server's copy of the package
            const copy = await import("/package/index.js");
            globalThis.kept = undefined;
            copy.configure(config).then(
              () => (globalThis.kept = "ready"),
              (/** @type {any} */ error) => (globalThis.kept = error.code),
            );
          }, jane.config);
          await jane.page.clock.runFor(30_000);
          await jane.page.waitForFunction(() => globalThis.kept);
          assert.equal(
            await jane.page.evaluate(() => globalThis.kept),
            "ready",
          );
          await jane.page.clock.resume();
          assert.equal((await jane.signOut()).status, "complete");
          assert.deepEqual(jane.areValid(tokens), OVER);
        },
      );
    });
  },
);
