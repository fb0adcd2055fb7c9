// The promises of the first page of the README, in any engine.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { leftWell, until } from "../../e2e/lib/world.mjs";
import { ONE_BY_ONE, engine, eventually, useEngine } from "../lib/world.mjs";

const world = useEngine();

const OVER = { access: false, refresh: false };

describe(`smoke: ${engine}`, ONE_BY_ONE, () => {
  test("local: the tokens are gone when signOut() returns, and Cognito refuses them", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn();
    const seen = await jane.page.evaluate(async () => {
      const running = cs.signOut();
      const left = Object.keys(localStorage).filter((key) =>
        key.startsWith("CognitoIdentityServiceProvider."),
      );
      return { left, result: show(await running) };
    });
    assert.deepEqual(seen.left, []);
    assert.equal(seen.result.status, "complete");
    assert.equal(seen.result.wasSignedIn, true);
    assert.deepEqual(jane.areValid(tokens), OVER);
    assert.deepEqual(jane.calls, ["RevokeToken"]);
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
    assert.equal(result.globalSignOutError.error.code, "throttled");
    assert.equal(result.revokeTokenError.error.code, "deferred");
    assert.equal(result.hidden.retry, "function");
    assert.equal((await jane.retry()).status, "complete");
    assert.deepEqual(jane.areValid(tokens), OVER);
    assert.deepEqual(jane.areValid(elsewhere), OVER);
  });

  test("the hosted UI, there and back: its session is over, and the result is handed over", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signInByHostedUI();
    await jane.leaveAndReturn("/", { appState: { from: "menu" } });
    const result = await jane.take();
    leftWell(result);
    assert.deepEqual(result.appState, { from: "menu" });
    assert.equal(await jane.page.evaluate(() => cs.isSigningOut()), false);
    assert.equal(await jane.isAskedForPassword(), true);
    await until(
      () => !world.control.isTokenValid(tokens.refreshToken),
      "it is revoked",
    );
  });

  test("another tab is told", async (t) => {
    const jane = await world.visitor(t);
    const other = await jane.tab();
    await jane.signIn();
    await jane.sees(other);
    assert.equal((await jane.signOut()).status, "complete");
    await eventually(
      async () => (await jane.heard(other)).length,
      "the other tab hears it",
    );
    assert.deepEqual(await jane.heard(other), [
      { reason: "otherTab", global: false, redirecting: false },
    ]);
    assert.equal(await other.evaluate(() => cs.loadTokens()), null);
  });

  test("navigating away in the task after signOut(): Cognito still sees it", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn();
    // A cold preflight, and a server that takes its time.
    jane.fault({ operation: "RevokeToken", latencyMs: 200 });
    await jane.returned("/elsewhere", () => {
      void cs.signOut();
      location.href = "/elsewhere";
    });
    await until(
      () => !world.control.isTokenValid(tokens.refreshToken),
      "it is revoked",
    );
  });
});
