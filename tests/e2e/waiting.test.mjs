// Time-outs, signals, calls that join, pages that go away, and all that a request may come to.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  LIVE,
  OVER,
  PATIENT_MS,
  leftWell,
  sideBySide,
  until,
  useWorld,
} from "./lib/world.mjs";

const world = useWorld();

/** What a captive portal answers in Cognito's place. */
const PORTAL = {
  answer: {
    status: 200,
    headers: { "content-type": "text/html" },
    body: "<html>sign in to the network</html>",
  },
};

/** @param {any} result */
const statusAndCode = ({ status, revokeTokenError }) => [
  status,
  revokeTokenError?.error.code,
];

describe("waiting", sideBySide(4), () => {
  test("a silent server: settled at the deadline, and said so", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn();
    jane.fault({ operation: "*", silence: true });
    const local = await jane.signOut({ timeoutMs: 200 });
    assert.equal(local.status, "partial");
    assert.equal(local.revokeTokenError.error.code, "timeout");
    assert.equal(local.hidden.refreshToken, "string");
    assert.deepEqual(await jane.keys(), []);
    await until(() => jane.calls.length, "it was sent");
    assert.deepEqual(jane.calls, ["(RevokeToken)"]);
    await jane.signIn();
    jane.clearCalls();
    const global = await jane.signOut({ global: true, timeoutMs: 200 });
    assert.equal(global.status, "partial");
    assert.equal(global.globalSignOutError.error.code, "timeout");
    assert.equal(global.revokeTokenError.error.code, "deferred");
    await until(() => jane.calls.length, "it was sent");
    assert.deepEqual(jane.calls, ["(GlobalSignOut)"]);
  });

  test("a request that was sent is not taken back at the deadline", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn();
    const letGo = jane.hold("RevokeToken");
    const result = await jane.signOut({ timeoutMs: 50 });
    assert.equal(result.status, "partial");
    letGo();
    await until(
      () => !world.control.isTokenValid(tokens.refreshToken),
      "it is revoked all the same",
    );
  });

  for (const { options, session, call, fields } of [
    {
      options: {},
      session: {},
      call: "RevokeToken",
      fields: { revokeTokenError: "unconfirmed" },
    },
    {
      options: { global: true },
      session: {},
      call: "GlobalSignOut",
      fields: {
        globalSignOutError: "unconfirmed",
        revokeTokenError: "deferred",
      },
    },
    {
      options: { global: true },
      session: { accessTokenExpiresIn: -60 },
      call: "RevokeToken",
      fields: {
        globalSignOutError: "tokenExpired",
        revokeTokenError: "unconfirmed",
      },
    },
  ])
    test(`timeoutMs: 0 sends one request: ${JSON.stringify({ ...options, ...session })}`, async (t) => {
      const jane = await world.visitor(t);
      const tokens = await jane.signIn(session);
      const result = await jane.signOut({ ...options, timeoutMs: 0 });
      assert.equal(result.status, "partial");
      assert.equal(result.signedOutLocally, true);
      for (const [field, code] of Object.entries(fields))
        assert.equal(result[field]?.error.code, code, field);
      await until(() => jane.calls.length, "it is sent");
      await until(
        () => !world.control.isTokenValid(tokens.accessToken),
        "it is done",
      );
      assert.deepEqual(jane.calls, [call]);
      // The retry waits as any other sign-out.
      if (!session.accessTokenExpiresIn && !options.global)
        assert.equal((await jane.retry()).status, "complete");
    });

  for (const global of [false, true])
    test(`a signal after the clear, ${global ? "global" : "local"}: what is remote ends, partial`, async (t) => {
      const jane = await world.visitor(t);
      const tokens = await jane.signIn();
      jane.fault({ operation: "*", silence: true });
      const { result, aborted } = await jane.page.evaluate(async (global) => {
        /** @type {AbortSignal[]} */
        const signals = [];
        const { fetch } = globalThis;
        globalThis.fetch = (input, init) => {
          signals.push(
            input instanceof Request
              ? input.signal
              : /** @type {AbortSignal} */ (init?.signal),
          );
          return fetch(input, init);
        };
        const controller = new AbortController();
        const running = cs.signOut({ global, signal: controller.signal });
        controller.abort();
        const result = show(await running);
        return { result, aborted: signals.map(({ aborted }) => aborted) };
      }, global);
      assert.equal(result.status, "partial");
      assert.equal(result.signedOutLocally, true);
      assert.equal(result.revokeTokenError.error.code, "aborted");
      assert.equal(
        result.globalSignOutError?.error.code,
        global ? "aborted" : undefined,
      );
      assert.deepEqual(aborted, [true]);
      assert.deepEqual(await jane.keys(), []);
      assert.deepEqual(jane.areValid(tokens), LIVE);
    });

  test("of two callers one aborts: it leaves, the other gets the outcome", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn();
    const letGo = jane.hold("RevokeToken");
    const [first, last] = await jane.page.evaluate(async (timeoutMs) => {
      const controller = new AbortController();
      const aborts = cs.signOut({ signal: controller.signal });
      globalThis.kept = cs.signOut({ timeoutMs });
      const isShort = cs.signOut({ timeoutMs: 20 });
      controller.abort();
      return (await Promise.all([aborts, isShort])).map(show);
    }, PATIENT_MS);
    letGo();
    const second = await jane.page.evaluate(async () =>
      show(await globalThis.kept),
    );
    const results = [first, second, last];
    assert.deepEqual(results.map(statusAndCode), [
      ["partial", "aborted"],
      ["complete", undefined],
      ["partial", "unconfirmed"],
    ]);
    assert.deepEqual(jane.calls, ["RevokeToken"]);
    assert.deepEqual(jane.areValid(tokens), OVER);
    assert.equal((await jane.heard()).length, 1);
  });

  test("one who aborts while an asynchronous storage is cleared leaves; the other gets the outcome", async (t) => {
    const jane = await world.visitor(t, { configure: false });
    const { accessToken, refreshToken } = jane.session();
    const results = await jane.page.evaluate(
      async ({ config, tokens }) => {
        const memory = new Map();
        const controller = new AbortController();
        const storage = {
          getItem: async (/** @type {string} */ key) => memory.get(key) ?? null,
          setItem: async (
            /** @type {string} */ key,
            /** @type {string} */ value,
          ) => void memory.set(key, value),
          removeItem: async (/** @type {string} */ key) => {
            if (cs.isSigningOut()) controller.abort();
            memory.delete(key);
          },
        };
        await cs.configure({ ...config, storage });
        await cs.storeTokens(tokens);
        const { signal } = controller;
        return Promise.all(
          [cs.signOut({ signal }), cs.signOut()].map(async (promise) =>
            show(await promise),
          ),
        );
      },
      { config: jane.config, tokens: { accessToken, refreshToken } },
    );
    assert.deepEqual(results.map(statusAndCode), [
      ["partial", "aborted"],
      ["complete", undefined],
    ]);
  });

  test("the longest of times is no time-out at once", async (t) => {
    const jane = await world.visitor(t);
    jane.fault({ operation: "RevokeToken", latencyMs: 100 });
    for (const timeoutMs of [2 ** 31 - 1, Number.MAX_VALUE]) {
      await jane.signIn();
      const options = { timeoutMs, popupTimeoutMs: timeoutMs };
      assert.equal((await jane.signOut(options)).status, "complete");
    }
  });

  test("every caller aborts: the requests end", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn();
    jane.fault({ operation: "RevokeToken", silence: true });
    const codes = await jane.page.evaluate(async () => {
      const controllers = [new AbortController(), new AbortController()];
      const running = controllers.map(({ signal }) => cs.signOut({ signal }));
      for (const controller of controllers) controller.abort();
      /** @type {any[]} */
      const results = await Promise.all(running);
      return results.map((result) => result.revokeTokenError?.error.code);
    });
    assert.deepEqual(codes, ["aborted", "aborted"]);
  });

  test("a global call upgrades the local one under way", async (t) => {
    const jane = await world.visitor(t);
    const other = jane.session();
    await jane.signIn({ accessTokenExpiresIn: 3600 });
    // RevokeToken leaves at once; were it answered first, the upgrade would come too late for the access token.
    const { id } = jane.fault({ operation: "RevokeToken", latencyMs: 60_000 });
    const running = jane.page.evaluate(async () =>
      (
        await Promise.all([
          cs.signOut({ timeoutMs: 60_000 }),
          cs.signOut({ global: true, timeoutMs: 60_000 }),
        ])
      ).map(show),
    );
    await until(() => jane.calls.includes("GlobalSignOut"), "it is upgraded");
    world.control.removeFault(id);
    const results = await running;
    for (const result of results) assert.equal(result.status, "complete");
    assert.deepEqual(jane.areValid(other), OVER);
    assert.equal((await jane.heard()).length, 1);
  });

  test("a global call that comes after the revocation says what came of it", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn();
    const letGo = jane.hold("RevokeToken", "after");
    const running = jane.signOut();
    await until(() => jane.calls.includes("RevokeToken"), "it is revoked");
    const joins = jane.signOut({ global: true });
    await until(() => jane.calls.includes("GlobalSignOut"), "it joins");
    letGo();
    const late = await joins;
    assert.equal((await running).signedOutLocally, true);
    assert.equal(late.status, "partial");
    assert.equal(late.globalSignOutError.error.code, "tokenRevoked");
    assert.deepEqual(jane.calls, ["RevokeToken", "GlobalSignOut"]);
  });

  test("a redirect that joins leaves, once", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn();
    const seen = await jane.page.evaluate(async () => {
      let left = 0;
      const navigate = () => void left++;
      const results = await Promise.all([
        cs.signOut({ hostedUI: "none" }),
        cs.signOut({ hostedUI: "redirect", navigate }),
        cs.signOut({ hostedUI: "redirect", navigate }),
      ]);
      return { left, results: results.map(show) };
    });
    assert.equal(seen.left, 1);
    seen.results.forEach(leftWell);
    // The navigation waits a second for it at the most.
    await until(() => jane.calls.length, "it is revoked");
    assert.deepEqual(jane.calls, ["RevokeToken"]);
  });

  for (const isLate of [false, true])
    test(`a call that stays does not wait for a navigate that hangs${isLate ? ", though it comes later" : ""}`, async (t) => {
      const jane = await world.visitor(t);
      await jane.signIn();
      const seen = await jane.page.evaluate(async (isLate) => {
        let hasLeft = false;
        /** @type {Promise<void>} */
        const leaving = new Promise((resolve) => {
          const leaves = cs.signOut({
            hostedUI: "redirect",
            navigate: () => {
              resolve();
              return new Promise(() => {});
            },
          });
          void leaves.then(() => {
            hasLeft = true;
          });
        });
        if (isLate) await leaving;
        const result = await cs.signOut({ hostedUI: "none", timeoutMs: 2000 });
        return { hasLeft, result: show(result) };
      }, isLate);
      assert.equal(seen.hasLeft, false);
      leftWell(seen.result);
    });

  test("a call while the storage holds another session is a sign-out of its own", async (t) => {
    const jane = await world.visitor(t);
    const first = await jane.signIn();
    const second = jane.session();
    jane.fault({ operation: "RevokeToken", latencyMs: 500 });
    const seen = await jane.page.evaluate(
      async ({ tokens, clientId }) => {
        const one = cs.signOut();
        await cs.storeTokens(tokens);
        const two = cs.signOut();
        const left = Object.keys(localStorage).filter((key) =>
          key.startsWith(`CognitoIdentityServiceProvider.${clientId}`),
        );
        const results = await Promise.all([one, two]);
        return { left, status: results.map(({ status }) => status) };
      },
      {
        tokens: {
          accessToken: second.accessToken,
          refreshToken: second.refreshToken,
        },
        clientId: jane.clientId,
      },
    );
    assert.deepEqual(seen, { left: [], status: ["complete", "complete"] });
    assert.deepEqual(jane.calls, ["RevokeToken", "RevokeToken"]);
    for (const tokens of [first, second])
      assert.deepEqual(jane.areValid(tokens), OVER);
    assert.equal((await jane.heard()).length, 2);
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
    await jane.page.goto("about:blank");
    await until(
      () => !world.control.isTokenValid(tokens.refreshToken),
      "it is revoked",
    );
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

  test("offline: one try; retryWhenOnline sends it again when the network is back", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn();
    await jane.goOffline();
    const result = await jane.signOut({ retryWhenOnline: true });
    assert.equal(result.status, "partial");
    assert.equal(result.revokeTokenError.error.code, "network");
    assert.equal(
      result.steps.find(
        (/** @type {any} */ step) => step.step === "revokeToken",
      ).attempts,
      1,
    );
    assert.deepEqual(jane.areValid(tokens), LIVE);
    const stored = await jane.page.evaluate(() =>
      JSON.stringify({ ...localStorage, ...sessionStorage }),
    );
    assert.equal(stored.includes(tokens.refreshToken), false);
    await jane.goOnline();
    await until(
      () => !world.control.isTokenValid(tokens.refreshToken),
      "it is revoked",
    );
    // It waits for what is under way, and sends nothing twice.
    assert.equal((await jane.retry()).status, "complete");
    assert.deepEqual(jane.calls, ["RevokeToken"]);
    assert.equal((await jane.heard()).length, 1);
  });

  test("retryWhenOnline, each time: retry() knows what became of it", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn();
    await jane.goOffline();
    await jane.signOut({ global: true, retryWhenOnline: true });
    jane.fault({
      operation: "GlobalSignOut",
      answer: { type: "ForbiddenException" },
    });
    jane.fault({
      operation: "RevokeToken",
      times: 1,
      answer: { type: "ForbiddenException" },
    });
    await jane.goOnline();
    await until(() => jane.calls.length === 2, "both are sent, and refused");
    world.control.clearFaults({ clientId: jane.clientId });
    await until(async () => {
      await jane.page.evaluate(() => dispatchEvent(new Event("online")));
      return !world.control.isTokenValid(tokens.refreshToken);
    }, "it is sent again");
    assert.equal((await jane.retry()).status, "complete");
    assert.deepEqual(jane.calls, [
      ...["(GlobalSignOut)", "(RevokeToken)"],
      ...["GlobalSignOut", "RevokeToken"],
    ]);
  });

  test("without retryWhenOnline nothing is sent again by itself", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn();
    await jane.goOffline();
    await jane.signOut();
    await jane.page.evaluate(() => {
      addEventListener("online", () => (document.title = "online"));
    });
    await jane.goOnline();
    await jane.page.waitForFunction(() => document.title === "online");
    assert.deepEqual(jane.calls, []);
    assert.deepEqual(jane.areValid(tokens), LIVE);
    assert.equal((await jane.retry()).status, "complete");
    // What it had sent by itself would have come first.
    assert.deepEqual(jane.calls, ["RevokeToken"]);
  });

  test("forgetDevice: before GlobalSignOut and RevokeToken, and the keys go", async (t) => {
    const jane = await world.visitor(t, { client: { devices: "always" } });
    await jane.signInOnDevice();
    const result = await jane.signOut({ global: true, forgetDevice: true });
    assert.equal(result.status, "complete");
    assert.deepEqual(jane.calls, [
      "ForgetDevice",
      "GlobalSignOut",
      "RevokeToken",
    ]);
    assert.deepEqual(await jane.keys(), []);
  });

  test("forgetDevice that fails: partial, the rest is done", async (t) => {
    const jane = await world.visitor(t, { client: { devices: "always" } });
    const tokens = await jane.signInOnDevice();
    jane.fault({
      operation: "ForgetDevice",
      answer: { type: "ForbiddenException" },
    });
    const result = await jane.signOut({ forgetDevice: true });
    assert.equal(result.status, "partial");
    assert.equal(result.forgetDeviceError.error.code, "service");
    assert.equal(result.revokeTokenError, undefined);
    assert.deepEqual(jane.calls, ["(ForgetDevice)", "RevokeToken"]);
    assert.deepEqual(jane.areValid(tokens), OVER);
    // What was done before is neither done again by retry() nor called skipped.
    const again = await jane.retry();
    assert.deepEqual(
      again.steps.map((/** @type {any} */ { step }) => step),
      ["forgetDevice", "readBack"],
    );
  });

  test("tokenRevocation: false sends none and misses none", async (t) => {
    const jane = await world.visitor(t, {
      client: { tokenRevocation: false },
      config: { tokenRevocation: false },
    });
    await jane.signIn();
    const result = await jane.signOut();
    assert.equal(result.status, "complete");
    assert.deepEqual(jane.calls, []);
    await jane.signIn();
    assert.equal((await jane.signOut({ global: true })).status, "complete");
    assert.deepEqual(jane.calls, ["GlobalSignOut"]);
  });

  test("revocation is off for the app client: revocationDisabled, unless a global sign-out succeeded", async (t) => {
    const jane = await world.visitor(t, { client: { tokenRevocation: false } });
    await jane.signIn();
    const local = await jane.signOut();
    assert.equal(local.status, "partial");
    assert.equal(local.revokeTokenError.error.code, "revocationDisabled");
    assert.deepEqual(jane.calls, []);
    await jane.signIn();
    const global = await jane.signOut({ global: true });
    assert.equal(global.status, "complete");
    assert.deepEqual(jane.calls, ["GlobalSignOut"]);
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

  test("an access token that has expired by the server's word: one refresh, one more try, nothing stored", async (t) => {
    const jane = await world.visitor(t, {
      client: { rotation: { graceSeconds: 60 } },
    });
    const tokens = await jane.signIn();
    jane.fault({
      operation: "GlobalSignOut",
      times: 1,
      answer: {
        type: "NotAuthorizedException",
        message: "Access Token has expired",
      },
    });
    const seen = await jane.page.evaluate(async () => {
      /** @type {string[]} */
      const written = [];
      const real = Storage.prototype.setItem;
      /** @param {string} key @param {string} value */
      Storage.prototype.setItem = function (key, value) {
        written.push(key);
        real.call(this, key, value);
      };
      const result = await cs.signOut({ global: true });
      Storage.prototype.setItem = real;
      return { ...show(result), written };
    });
    assert.equal(seen.status, "complete");
    assert.deepEqual(jane.calls, [
      "(GlobalSignOut)",
      "GetTokensFromRefreshToken",
      "GlobalSignOut",
      "RevokeToken",
    ]);
    assert.deepEqual(
      seen.written.filter((/** @type {string} */ key) =>
        key.startsWith("Cognito"),
      ),
      [],
    );
    const [session] = world.control.sessions({ clientId: jane.clientId });
    assert.ok(session?.revoked);
    assert.equal(session.refreshTokens, 2);
    assert.deepEqual(jane.areValid(tokens), OVER);
  });

  test("an access token that has expired, by the server's word, after a refresh too: tokenExpired, and revoked", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn();
    jane.fault({
      operation: "GlobalSignOut",
      answer: {
        type: "NotAuthorizedException",
        message: "Access Token has expired",
      },
    });
    const result = await jane.signOut({ global: true });
    assert.equal(result.status, "partial");
    assert.equal(result.globalSignOutError.error.code, "tokenExpired");
    assert.equal(result.revokeTokenError, undefined);
    assert.deepEqual(jane.areValid(tokens), OVER);
  });

  test("a pool that does not know GetTokensFromRefreshToken: REFRESH_TOKEN_AUTH", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn({ accessTokenExpiresIn: -60 });
    jane.fault({
      operation: "GetTokensFromRefreshToken",
      answer: { type: "UnknownOperationException" },
    });
    const result = await jane.signOut({ global: true });
    assert.equal(result.status, "complete");
    assert.deepEqual(jane.calls, [
      "(GetTokensFromRefreshToken)",
      "InitiateAuth",
      "GlobalSignOut",
      "RevokeToken",
    ]);
  });

  test("an access token without the scope: missingScope, asked of the server", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn({ scopes: ["openid"] });
    const result = await jane.signOut({ global: true });
    assert.equal(result.status, "partial");
    assert.equal(result.globalSignOutError.error.code, "missingScope");
    assert.deepEqual(jane.calls, ["GlobalSignOut", "RevokeToken"]);
    assert.deepEqual(jane.areValid(tokens), OVER);
  });

  for (const [
    name,
    fault,
    code,
    tries,
  ] of /** @type {[string, any, string, number][]} */ ([
    ["a dropped connection", { drop: true }, "network", 3],
    ["an answer that CORS hides", { noCors: true }, "network", 3],
    [
      "throttling",
      { answer: { type: "TooManyRequestsException" } },
      "throttled",
      3,
    ],
    ["HTTP 429", { answer: { status: 429, body: "" } }, "throttled", 3],
    ["HTTP 503", { answer: { status: 503, body: "no" } }, "service", 3],
    ["HTTP 404", { answer: { status: 404, body: "<p>" } }, "service", 1],
    ["a captive portal", PORTAL, "service", 3],
    [
      "an unknown client",
      { answer: { type: "ResourceNotFoundException" } },
      "configuration",
      1,
    ],
  ]))
    test(`${name}: ${code}, ${tries} ${tries === 1 ? "try" : "tries"}`, async (t) => {
      const jane = await world.visitor(t);
      const tokens = await jane.signIn();
      jane.fault({ operation: "RevokeToken", ...fault });
      const result = await jane.signOut();
      assert.equal(result.status, "partial");
      assert.equal(result.revokeTokenError.error.code, code);
      assert.equal(
        result.steps.find(
          (/** @type {any} */ step) => step.step === "revokeToken",
        ).attempts,
        tries,
      );
      world.control.clearFaults({ clientId: jane.clientId });
      assert.equal((await jane.retry()).status, "complete");
      assert.deepEqual(jane.areValid(tokens), OVER);
    });

  test("a captive portal before GlobalSignOut: RevokeToken is held back, and retry() does both", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn();
    jane.fault({ operation: "GlobalSignOut", ...PORTAL });
    const result = await jane.signOut({ global: true });
    assert.equal(result.status, "partial");
    assert.equal(result.globalSignOutError.error.code, "service");
    assert.equal(result.globalSignOutError.error.retryable, true);
    assert.equal(result.revokeTokenError.error.code, "deferred");
    assert.deepEqual(jane.areValid(tokens), LIVE);
    world.control.clearFaults({ clientId: jane.clientId });
    assert.equal((await jane.retry()).status, "complete");
    assert.deepEqual(jane.areValid(tokens), OVER);
    assert.deepEqual(jane.calls, [
      ...Array(3).fill("(GlobalSignOut)"),
      "GlobalSignOut",
      "RevokeToken",
    ]);
  });

  test("transient failures, and a connection lost after the work was done: complete", async (t) => {
    const jane = await world.visitor(t);
    const dropped = { drop: /** @type {const} */ (true) };
    const throttled = { answer: { type: "TooManyRequestsException" } };
    for (const faults of [
      [dropped, throttled],
      [{ ...dropped, processed: true }],
    ]) {
      const tokens = await jane.signIn();
      for (const fault of faults)
        jane.fault({ operation: "RevokeToken", times: 1, ...fault });
      const result = await jane.signOut();
      assert.equal(result.status, "complete", JSON.stringify(result));
      assert.deepEqual(jane.areValid(tokens), OVER);
    }
  });

  test("a token that was revoked or has expired before is revoked: complete", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn();
    world.control.endSession(tokens.sessionId);
    assert.equal((await jane.signOut()).status, "complete");
    await jane.signIn({ refreshTokenExpiresIn: -60 });
    assert.equal((await jane.signOut()).status, "complete");
  });

  test("several sessions of the app client: all are revoked, in all layouts; those on AuthUserList are left", async (t) => {
    const jane = await world.visitor(t);
    const prefix = `CognitoIdentityServiceProvider.${jane.clientId}`;
    const names = ["ann", "bob.b", "cy"];
    const sessions = names.map(() => jane.session());
    /** @param {Record<string, string>} more */
    const fill = (more) =>
      jane.page.evaluate((entries) => {
        for (const [key, value] of Object.entries(entries))
          localStorage.setItem(key, value);
      }, more);
    /** @param {any[]} list */
    const entries = (list) =>
      Object.fromEntries(
        list.flatMap((session, index) => [
          [`${prefix}.${names[index]}.accessToken`, session.accessToken],
          [`${prefix}.${names[index]}.refreshToken`, session.refreshToken],
        ]),
      );
    // A missing LastAuthUser orphans tokens in other libraries.
    await fill(entries(sessions));
    const result = await jane.signOut();
    assert.equal(result.status, "complete");
    assert.equal(jane.calls.length, 3);
    const step = result.steps.find(
      (/** @type {any} */ { step }) => step === "revokeToken",
    );
    assert.equal(step.attempts, 3);
    for (const session of sessions)
      assert.deepEqual(jane.areValid(session), OVER);
    assert.deepEqual(await jane.keys(), []);

    const [ann, bob, cy] = names.map(() => jane.session());
    await fill({
      ...entries([ann, bob, cy]),
      [`${prefix}.LastAuthUser`]: "ann",
      [`${prefix}.AuthUserList`]: "ann,bob.b",
    });
    await jane.signOut();
    assert.deepEqual(jane.areValid(/** @type {any} */ (ann)), OVER);
    assert.deepEqual(jane.areValid(/** @type {any} */ (cy)), OVER);
    assert.deepEqual(jane.areValid(/** @type {any} */ (bob)), LIVE);
    assert.ok((await jane.keys()).includes(`${prefix}.bob.b.refreshToken`));
  });

  test("createClient: the same functions for one more client, with sessions and listeners of its own", async (t) => {
    const jane = await world.visitor(t);
    const john = await world.visitor(t, { path: "" });
    const own = await jane.signIn();
    const others = john.session();
    const seen = await jane.page.evaluate(
      async ({ config, tokens }) => {
        const client = cs.createClient(config);
        const { storeTokens, loadTokens, signOut, onSignedOut } = client;
        /** @type {any[]} */
        const heardThere = [];
        onSignedOut((event) => heardThere.push(event));
        await storeTokens(tokens);
        const result = show(await signOut());
        return {
          status: result.status,
          here: !!(await cs.loadTokens()),
          there: !!(await loadTokens()),
          heard: heard.length,
          heardThere: heardThere.length,
          names: Object.keys(client).sort(),
        };
      },
      {
        config: john.config,
        tokens: {
          accessToken: others.accessToken,
          refreshToken: others.refreshToken,
        },
      },
    );
    assert.deepEqual(seen, {
      status: "complete",
      here: true,
      there: false,
      heard: 0,
      heardThere: 1,
      names: [
        "dispose",
        "globalSignOut",
        "isSigningOut",
        "loadTokens",
        "onSignedOut",
        "refreshTokens",
        "revokeToken",
        "signOut",
        "storeTokens",
        "takeSignOutResult",
      ],
    });
    assert.deepEqual(jane.areValid(own), LIVE);
    assert.deepEqual(jane.areValid(others), OVER);
  });
});
