// The promises of the first page of the README: `npm test` runs them in the other engines too.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { OTHER_TAB, allLoad, delivered, loads } from "./lib/tabs.mjs";
import { OVER, leftWell, sideBySide, until, useWorld } from "./lib/world.mjs";

const world = useWorld();

describe("smoke", sideBySide(4), () => {
  test("local: the tokens are gone when signOut() returns, and Cognito refuses them", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn();
    const letGo = jane.hold("RevokeToken");
    const seen = await jane.page.evaluate(() => {
      const keys = () =>
        Object.keys(localStorage).filter((key) =>
          key.startsWith("CognitoIdentityServiceProvider."),
        );
      const before = keys().length;
      globalThis.kept = cs.signOut({ timeoutMs: 60_000 });
      return { before, left: keys(), signingOut: cs.isSigningOut() };
    });
    assert.ok(seen.before > 0);
    assert.deepEqual(seen.left, []);
    assert.equal(seen.signingOut, true);
    letGo();
    const result = await jane.result();
    assert.equal(result.status, "complete");
    assert.equal(result.signedOutLocally, true);
    assert.equal(result.wasSignedIn, true);
    assert.equal(result.logoutUrl, undefined);
    assert.deepEqual(jane.areValid(tokens), OVER);
    assert.deepEqual(jane.calls, ["RevokeToken"]);
    assert.deepEqual(await jane.keys(), []);
    assert.equal(await jane.page.evaluate(() => cs.loadTokens()), null);
    assert.deepEqual(await jane.heard(), [
      { reason: "signOut", global: false, redirecting: false },
    ]);
  });

  test("global, throttled: partial, with what a retry needs; retry() completes it", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn();
    const elsewhere = jane.session();
    jane.fault({
      operation: "GlobalSignOut",
      times: 3,
      answer: { type: "TooManyRequestsException" },
    });
    const result = await jane.signOut({ global: true });
    assert.equal(result.status, "partial");
    assert.equal(result.signedOutLocally, true);
    assert.equal(result.globalSignOutError.error.code, "throttled");
    assert.equal(result.globalSignOutError.error.retryable, true);
    // Held back, since it would kill the access token that the retry needs.
    assert.equal(result.revokeTokenError.error.code, "deferred");
    assert.deepEqual(jane.calls, Array(3).fill("(GlobalSignOut)"));
    assert.deepEqual(await jane.keys(), []);
    assert.deepEqual(result.hidden, {
      retry: "function",
      refreshToken: "string",
      others: 0,
      accessToken: "string",
    });

    assert.equal((await jane.retry()).status, "complete");
    assert.deepEqual(jane.calls.slice(3), ["GlobalSignOut", "RevokeToken"]);
    assert.deepEqual(jane.areValid(tokens), OVER);
    assert.deepEqual(jane.areValid(elsewhere), OVER);
  });

  test("the hosted UI, there and back: its session is over, and the result is handed over", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signInByHostedUI();
    assert.equal(await jane.isAskedForPassword(), false);
    await jane.leaveAndReturn("/", { appState: { returnTo: "/cart" } });
    const result = await jane.take();
    leftWell(result);
    assert.equal(result.wasSignedIn, true);
    assert.deepEqual(result.appState, { returnTo: "/cart" });
    // Exactly two parameters, and the URL of this page.
    const url = new URL(result.logoutUrl);
    assert.equal(url.origin + url.pathname, `${world.cognito.origin}/logout`);
    assert.deepEqual(Object.fromEntries(url.searchParams), {
      client_id: jane.clientId,
      logout_uri: `${jane.origin}/`,
    });
    assert.equal(await jane.page.evaluate(() => cs.isSigningOut()), false);
    await until(
      () => !world.control.isTokenValid(tokens.refreshToken),
      "it is revoked",
    );
    assert.equal(world.control.isTokenValid(tokens.accessToken), false);
    assert.equal(await jane.isAskedForPassword(), true);
  });

  test("other tabs are told, once each", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn();
    const others = [await jane.tab(), await jane.tab(), await jane.tab()];
    await allLoad(others);
    assert.equal((await jane.signOut()).status, "complete");
    for (const page of others) {
      await until(
        async () => (await jane.heard(page)).length,
        "it is heard in the other tab",
      );
      assert.equal(await loads(page), false);
    }
    // What comes by two ways, channel and storage event, is told once.
    await delivered(jane, others);
    for (const page of others)
      assert.deepEqual(await jane.heard(page), [OTHER_TAB]);
  });

  for (const how of ["closing the tab", "navigating away"])
    for (const global of [false, true])
      test(`${how} in the task after signOut(): Cognito still sees it, ${global ? "global" : "local"}`, async (t) => {
        const jane = await world.visitor(t);
        const tab = await jane.tab();
        const tokens = await jane.signIn(undefined, tab);
        const elsewhere = jane.session();
        // Cold preflights, and a server that takes its time.
        jane.fault({ operation: "RevokeToken", latencyMs: 200 });
        jane.fault({ operation: "GlobalSignOut", latencyMs: 200 });
        const closes = how === "closing the tab";
        // It may be answered or not: the page goes away meanwhile.
        void tab
          .evaluate(
            ([global, closes]) => {
              void cs.signOut({ global });
              // Firefox leaves that to the driver.
              if (closes) window.close();
              else location.href = "/elsewhere";
            },
            [global, closes],
          )
          .catch(() => {});
        if (closes) await tab.close().catch(() => {});
        await until(
          () => !world.control.isTokenValid(tokens.refreshToken),
          "it is revoked",
        );
        await until(
          () => world.control.isTokenValid(elsewhere.refreshToken) === !global,
          "the other session as asked",
        );
      });
});
