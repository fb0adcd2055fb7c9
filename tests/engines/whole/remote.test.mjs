// What is remote: answers late, lost or refused, and pages that go away meanwhile.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { until } from "../../e2e/lib/world.mjs";
import { ONE_BY_ONE, engine, eventually, useEngine } from "../lib/world.mjs";

const world = useEngine();

const OVER = { access: false, refresh: false };
const LIVE = { access: true, refresh: true };

/** @param {{ refreshToken: string }} tokens */
const isRevoked = ({ refreshToken }) =>
  until(() => !world.control.isTokenValid(refreshToken), "it is revoked");

describe(`remote: ${engine}`, ONE_BY_ONE, () => {
  test("a silent server: settled at the deadline, signed out, and said so", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn();
    jane.fault({ operation: "RevokeToken", silence: true });
    const result = await jane.signOut({ timeoutMs: 300 });
    assert.equal(result.status, "partial");
    assert.equal(result.revokeTokenError.error.code, "timeout");
    assert.equal(result.hidden.refreshToken, "string");
    assert.deepEqual(await jane.keys(), []);
    world.control.clearFaults({ clientId: jane.clientId });
    assert.equal((await jane.retry()).status, "complete");
    assert.deepEqual(jane.areValid(tokens), OVER);
  });

  test("dropped connections: network, after three tries; retry() completes it", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn();
    jane.fault({ operation: "RevokeToken", drop: true });
    const result = await jane.signOut({ timeoutMs: 30_000 });
    assert.equal(result.status, "partial");
    assert.equal(result.revokeTokenError.error.code, "network");
    const step = result.steps.find(
      (/** @type {any} */ { step }) => step === "revokeToken",
    );
    assert.equal(step.attempts, 3);
    world.control.clearFaults({ clientId: jane.clientId });
    assert.equal((await jane.retry()).status, "complete");
    assert.deepEqual(jane.areValid(tokens), OVER);
  });

  test("throttled once, and a connection lost after the work was done: complete", async (t) => {
    for (const fault of [
      { answer: { type: "TooManyRequestsException" } },
      { drop: /** @type {const} */ (true), processed: true },
    ]) {
      const jane = await world.visitor(t);
      const tokens = await jane.signIn();
      jane.fault({ operation: "RevokeToken", times: 1, ...fault });
      const result = await jane.signOut({ timeoutMs: 30_000 });
      assert.equal(result.status, "complete");
      assert.deepEqual(jane.areValid(tokens), OVER);
      await jane.leave();
    }
  });

  test("an answer of a captive portal, or one that the browser hides, is no success", async (t) => {
    for (const [code, answer] of /** @type {const} */ ([
      ["service", { answer: { status: 200, body: "<html>Log in</html>" } }],
      ["network", { noCors: true }],
    ])) {
      const jane = await world.visitor(t);
      await jane.signIn();
      jane.fault({ operation: "RevokeToken", ...answer });
      const result = await jane.signOut({ timeoutMs: 30_000 });
      assert.equal(result.status, "partial");
      assert.equal(result.revokeTokenError.error.code, code);
      await jane.leave();
    }
  });

  test("timeoutMs: 0 waits for nothing: unconfirmed, and the request arrives", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn();
    const result = await jane.signOut({ timeoutMs: 0 });
    assert.equal(result.status, "partial");
    assert.equal(result.revokeTokenError.error.code, "unconfirmed");
    await isRevoked(tokens);
    assert.deepEqual(jane.calls, ["RevokeToken"]);
  });

  test("a signal, before the clear: nothing is touched; after it: what is remote ends", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn();
    jane.fault({ operation: "RevokeToken", silence: true });
    const seen = await jane.page.evaluate(async () => {
      const before = await cs.signOut({ signal: AbortSignal.abort() });
      const stored = !!(await cs.loadTokens());
      const controller = new AbortController();
      const running = cs.signOut({
        signal: controller.signal,
        timeoutMs: 60_000,
      });
      controller.abort();
      return [show(before), stored, show(await running)];
    });
    assert.equal(seen[0].status, "failed");
    assert.equal(seen[0].error.code, "aborted");
    assert.equal(seen[1], true);
    assert.equal(seen[2].status, "partial");
    assert.equal(seen[2].revokeTokenError.error.code, "aborted");
    assert.deepEqual(await jane.keys(), []);
    assert.deepEqual(jane.areValid(tokens), LIVE);
  });

  test("closing the tab in the task after signOut(): Cognito still sees it, local and global", async (t) => {
    for (const global of [false, true]) {
      const jane = await world.visitor(t);
      const tab = await jane.tab();
      const tokens = await jane.signIn();
      await jane.sees(tab);
      const elsewhere = jane.session();
      // Cold preflights, and a server that takes its time.
      jane.fault({ operation: "RevokeToken", latencyMs: 200 });
      jane.fault({ operation: "GlobalSignOut", latencyMs: 200 });
      await tab.evaluate(
        (/** @type {boolean} */ global) => void cs.signOut({ global }),
        global,
      );
      await tab.close();
      await isRevoked(tokens);
      await until(
        () => world.control.isTokenValid(elsewhere.refreshToken) === !global,
        "the other session as asked",
      );
      await jane.leave();
    }
  });

  test("a held-back revocation is sent when the page goes away", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn();
    jane.fault({
      operation: "GlobalSignOut",
      answer: { type: "TooManyRequestsException" },
    });
    const result = await jane.signOut({ global: true });
    assert.equal(result.revokeTokenError.error.code, "deferred");
    assert.ok(!jane.calls.includes("RevokeToken"));
    await jane.go("/elsewhere");
    await isRevoked(tokens);
  });

  test("a page whose keepalive bodies have used up the 64 KB: the request goes all the same", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn();
    jane.fault({ operation: "/oauth2/token", silence: true });
    await jane.page.evaluate(
      ([url, client]) => {
        const body = `client_id=${client}&fill=`.padEnd(65_500, "x");
        const headers = { "content-type": "application/x-www-form-urlencoded" };
        const options = { method: "POST", keepalive: true, body, headers };
        globalThis.kept = "in flight";
        fetch(url, options).then(
          () => (globalThis.kept = "answered"),
          (error) => (globalThis.kept = String(error)),
        );
      },
      /** @type {const} */ ([
        `${world.cognito.origin}/oauth2/token`,
        jane.clientId,
      ]),
    );
    await until(() => jane.calls.length, "it is in flight");
    assert.equal(await jane.page.evaluate(() => globalThis.kept), "in flight");
    assert.equal((await jane.signOut()).status, "complete");
    assert.deepEqual(jane.areValid(tokens), OVER);
  });

  test("an expired access token: a refresh, GlobalSignOut, RevokeToken; nothing is stored", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn({ accessTokenExpiresIn: -60 });
    const result = await jane.signOut({ global: true });
    assert.equal(result.status, "complete");
    assert.deepEqual(jane.calls, [
      "GetTokensFromRefreshToken",
      "GlobalSignOut",
      "RevokeToken",
    ]);
    assert.deepEqual(await jane.keys(), []);
    assert.deepEqual(jane.areValid(tokens), OVER);
  });

  test("offline, as the page is told: one try; retryWhenOnline sends it again", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn();
    jane.fault({ operation: "RevokeToken", drop: true });
    const result = await jane.page.evaluate(async () => {
      Object.defineProperty(navigator, "onLine", {
        value: false,
        configurable: true,
      });
      return show(await cs.signOut({ retryWhenOnline: true }));
    });
    assert.equal(result.status, "partial");
    assert.equal(result.revokeTokenError.error.code, "network");
    world.control.clearFaults({ clientId: jane.clientId });
    await jane.page.evaluate(() => {
      Reflect.deleteProperty(navigator, "onLine");
      dispatchEvent(new Event("online"));
    });
    await isRevoked(tokens);
    await eventually(
      async () => jane.calls.at(-1) === "RevokeToken",
      "the last one arrived",
    );
  });
});
