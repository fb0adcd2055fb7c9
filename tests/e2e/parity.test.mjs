// The test cases that Amplify's native clients have for sign-out, by the numbers of the parity list (issue 2's part of it).
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import { PASSWORD, sideBySide, until, useWorld } from "./lib/world.mjs";

const world = useWorld();

const THROTTLED = { type: "TooManyRequestsException" };
const REFUSED = { type: "NotAuthorizedException", message: "No." };
const OVER = { access: false, refresh: false };

/** How the log of the local Cognito names a token. @param {string} token */
const inLog = (token) =>
  createHash("sha256").update(token).digest("hex").slice(0, 16);

/** @param {import("./lib/world.mjs").Visitor} visitor */
const requests = (visitor) =>
  visitor.requests.map(({ operation, token, clientId }) => ({
    operation,
    token,
    clientId,
  }));

/** @param {any} result */
const errorsOf = (result) =>
  Object.keys(result).filter((name) => /Error$/.test(name));

describe("parity", sideBySide(4), () => {
  test("parity 01: local sign-out, all well: complete", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn();
    const result = await jane.signOut();
    assert.equal(result.status, "complete");
    assert.equal(result.signedOutLocally, true);
    assert.deepEqual(errorsOf(result), []);
    assert.deepEqual(jane.areValid(tokens), OVER);
  });

  test("parity 02: global fails: partial, globalSignOutError set, hostedUIError not", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn();
    jane.fault({ operation: "GlobalSignOut", answer: REFUSED });
    const result = await jane.signOut({ global: true });
    assert.equal(result.status, "partial");
    assert.equal(result.signedOutLocally, true);
    assert.deepEqual(errorsOf(result), ["globalSignOutError"]);
    assert.equal(result.globalSignOutError.error.code, "notAuthorized");
    // Native clients give up here; RevokeToken is sent all the same.
    assert.deepEqual(jane.calls, ["(GlobalSignOut)", "RevokeToken"]);
  });

  test("parity 03: global succeeds, revoke fails: only revokeTokenError", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn();
    jane.fault({ operation: "RevokeToken", answer: REFUSED });
    const result = await jane.signOut({ global: true });
    assert.equal(result.status, "partial");
    assert.deepEqual(errorsOf(result), ["revokeTokenError"]);
    assert.equal(result.revokeTokenError.error.code, "notAuthorized");
  });

  test("parity 04: guest or signed out already: complete, no network", async (t) => {
    const jane = await world.visitor(t, {
      config: {
        identityPoolId: "us-east-1:00000000-0000-0000-0000-000000000000",
      },
    });
    const guest =
      "com.amplify.Cognito.us-east-1:00000000-0000-0000-0000-000000000000.identityId";
    await jane.page.evaluate(
      (key) => localStorage.setItem(key, "guest"),
      guest,
    );
    for (const options of [undefined, { global: true }]) {
      const result = await jane.signOut(options);
      assert.equal(result.status, "complete");
      assert.equal(result.signedOutLocally, true);
      assert.equal(result.wasSignedIn, false);
    }
    assert.equal(
      await jane.page.evaluate((key) => localStorage.getItem(key), guest),
      null,
    );
    assert.deepEqual(requests(jane), []);
    await jane.signIn();
    await jane.signOut();
    jane.clearCalls();
    assert.equal((await jane.signOut()).wasSignedIn, false);
    assert.deepEqual(requests(jane), []);
  });

  test("parity 05: hosted-UI user without hosted-UI configuration: auto goes on, an explicit option fails", async (t) => {
    const jane = await world.visitor(t, { config: { hostedUI: undefined } });
    const tokens = await jane.signIn({ origin: "hostedUI" });
    const before = await jane.keys();
    for (const hostedUI of /** @type {const} */ ([
      "redirect",
      "manual",
      "popup",
    ])) {
      const result = await jane.signOut({ hostedUI });
      assert.equal(result.status, "failed");
      assert.equal(result.error.code, "configuration");
      assert.deepEqual(await jane.keys(), before);
    }
    const result = await jane.signOut();
    assert.equal(result.status, "partial");
    assert.deepEqual(errorsOf(result), ["hostedUIError"]);
    assert.equal(result.hostedUIError.error.code, "configuration");
    assert.equal(result.hostedUIError.url, undefined);
    assert.deepEqual(jane.areValid(tokens), OVER);
  });

  test("parity 06: revoke is called with the refresh token and the client id", async (t) => {
    const jane = await world.visitor(t);
    const { refreshToken } = await jane.signIn();
    const sent = jane.page.waitForRequest(
      (request) => request.method() === "POST",
    );
    await jane.signOut();
    const request = await sent;
    const body = JSON.parse(request.postData() ?? "");
    assert.deepEqual(Object.keys(body).sort(), ["ClientId", "Token"]);
    assert.equal(body.ClientId, jane.clientId);
    assert.equal(body.Token === refreshToken, true);
    const headers = request.headers();
    assert.equal(headers["content-type"], "application/x-amz-json-1.1");
    assert.equal(
      headers["x-amz-target"],
      "AWSCognitoIdentityProviderService.RevokeToken",
    );
    assert.equal(headers["cookie"], undefined);
    assert.deepEqual(requests(jane), [
      {
        operation: "RevokeToken",
        token: inLog(refreshToken),
        clientId: jane.clientId,
      },
    ]);
  });

  test("parity 07: a failed revoke still leads to the local clear, and so does a successful one", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn();
    jane.fault({ operation: "RevokeToken", times: 1, answer: REFUSED });
    assert.equal((await jane.signOut()).status, "partial");
    assert.deepEqual(await jane.keys(), []);
    await jane.signIn();
    assert.equal((await jane.signOut()).status, "complete");
    assert.deepEqual(await jane.keys(), []);
  });

  test("parity 08: global is called with the access token; success leads on to revoke, a failure keeps the token", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn();
    await jane.signOut({ global: true });
    assert.deepEqual(
      requests(jane).map(({ operation, token }) => [operation, token]),
      [
        ["GlobalSignOut", inLog(tokens.accessToken)],
        ["RevokeToken", inLog(tokens.refreshToken)],
      ],
    );
    const { accessToken } = await jane.signIn();
    jane.fault({ operation: "GlobalSignOut", answer: REFUSED });
    const result = await jane.signOut({ global: true });
    assert.equal(result.hidden.accessToken, "string");
    assert.equal(
      await jane.page.evaluate(
        (token) => globalThis.kept.globalSignOutError.accessToken === token,
        accessToken,
      ),
      true,
    );
  });

  for (const global of [true, false])
    test(`parity 09: hosted UI succeeds ${global ? "with" : "without"} global: goes on to ${global ? "global" : "revoke"}`, async (t) => {
      const jane = await world.visitor(t);
      const tokens = await jane.signInByHostedUI();
      jane.clearCalls();
      const popup = jane.context.waitForEvent("page");
      await jane.page.evaluate((global) => {
        const button = document.createElement("button");
        button.onclick = () => {
          globalThis.kept = cs.signOut({ hostedUI: "popup", global });
        };
        document.body.append(button);
      }, global);
      await jane.page.click("button");
      const opened = await popup;
      await until(() => opened.isClosed(), "the popup is closed");
      const result = await jane.page.evaluate(async () =>
        show(await globalThis.kept),
      );
      assert.equal(result.status, "complete");
      assert.deepEqual(
        jane.calls,
        global
          ? ["/logout", "GlobalSignOut", "RevokeToken"]
          : ["/logout", "RevokeToken"],
      );
      assert.deepEqual(jane.areValid(/** @type {any} */ (tokens)), OVER);
      assert.equal(await jane.isAskedForPassword(), true);
    });

  test("parity 11: the sign-out URL can't be created: configuration says so", async (t) => {
    const jane = await world.visitor(t, { config: { hostedUI: undefined } });
    await jane.signIn();
    const result = await jane.signOut({ hostedUI: "redirect" });
    assert.equal(result.status, "failed");
    assert.equal(result.error.code, "configuration");
    assert.match(result.error.message, /could not be created/);
    // A loopback URL is no way back for a page that is not on loopback, but here it is.
    const none = await world.visitor(t, {
      config: {
        hostedUI: { domain: world.cognito.origin, redirectSignOut: [] },
      },
      configure: false,
    });
    const error = await none.page.evaluate(
      (config) => rejection(cs.configure(config)),
      none.config,
    );
    assert.equal(error.code, "configuration");
    assert.match(error.message, /redirectSignOut/);
  });

  test("parity 12: the sequences: global before revoke, revoke alone, a refresh before global", async (t) => {
    const jane = await world.visitor(t);
    /** @type {[any, any, string[]][]} */
    const cases = [
      [{}, {}, ["RevokeToken"]],
      [{ global: true }, {}, ["GlobalSignOut", "RevokeToken"]],
      [
        { global: true },
        { accessTokenExpiresIn: -60 },
        ["GetTokensFromRefreshToken", "GlobalSignOut", "RevokeToken"],
      ],
      [{}, { accessTokenExpiresIn: -60 }, ["RevokeToken"]],
    ];
    for (const [options, session, calls] of cases) {
      const tokens = await jane.signIn(session);
      jane.clearCalls();
      const result = await jane.signOut(options);
      assert.equal(result.status, "complete");
      assert.deepEqual(jane.calls, calls);
      assert.deepEqual(jane.areValid(tokens), OVER);
    }
    // An error of GlobalSignOut is kept, and revoke comes after it.
    await jane.signIn();
    jane.fault({ operation: "GlobalSignOut", answer: REFUSED });
    jane.clearCalls();
    const { steps } = await jane.signOut({ global: true });
    assert.deepEqual(
      steps.map((/** @type {any} */ step) => `${step.step} ${step.outcome}`),
      ["clear ok", "globalSignOut failed", "revokeToken ok", "readBack ok"],
    );
  });

  test("parity 13: events that are not its own change nothing", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn();
    const seen = await jane.page.evaluate(async () => {
      const controller = new AbortController();
      const result = await cs.signOut({ signal: controller.signal });
      const before = JSON.stringify(result);
      controller.abort();
      for (const name of ["pagehide", "pageshow", "online", "offline"])
        window.dispatchEvent(new Event(name));
      document.dispatchEvent(new Event("visibilitychange"));
      window.dispatchEvent(
        new StorageEvent("storage", { key: null, newValue: null }),
      );
      window.dispatchEvent(
        new StorageEvent("storage", {
          key: "cognito-signout.other.ended",
          newValue: "nonsense",
        }),
      );
      return { same: JSON.stringify(result) === before, heard };
    });
    assert.equal(seen.same, true);
    assert.equal(seen.heard.length, 1);
    const next = await jane.signIn();
    assert.deepEqual(jane.calls, ["RevokeToken"]);
    assert.deepEqual(jane.areValid(next), { access: true, refresh: true });
    assert.equal((await jane.keys()).length > 0, true);
  });

  for (const { name, options, fault, status, errors } of [
    { name: "local, complete", options: {}, status: "complete", errors: [] },
    {
      name: "local, revoke error",
      options: {},
      fault: { operation: "RevokeToken", answer: REFUSED },
      status: "partial",
      errors: ["revokeTokenError"],
    },
    {
      name: "global, complete",
      options: { global: true },
      status: "complete",
      errors: [],
    },
    {
      name: "global, revoke error",
      options: { global: true },
      fault: { operation: "RevokeToken", answer: REFUSED },
      status: "partial",
      errors: ["revokeTokenError"],
    },
    {
      name: "global error",
      options: { global: true },
      fault: { operation: "GlobalSignOut", answer: THROTTLED },
      status: "partial",
      errors: ["globalSignOutError", "revokeTokenError"],
    },
    { name: "signed out already", status: "complete", errors: [] },
  ])
    test(`parity 14: ${name}`, async (t) => {
      const jane = await world.visitor(t);
      if (options) await jane.signIn();
      if (fault) jane.fault(fault);
      const result = await jane.signOut(options);
      assert.equal(result.status, status);
      assert.equal(result.signedOutLocally, true);
      assert.equal(result.wasSignedIn, !!options);
      assert.deepEqual(errorsOf(result).sort(), errors);
    });

  test("parity 15: the signed-out event comes once, on complete and on partial, none on failed", async (t) => {
    const jane = await world.visitor(t);
    const event = { reason: "signOut", global: false, redirecting: false };
    await jane.signIn();
    await jane.signOut();
    assert.deepEqual(await jane.heard(), [event]);
    await jane.signIn();
    jane.fault({ operation: "RevokeToken", times: 1, answer: REFUSED });
    await jane.signOut();
    assert.deepEqual(await jane.heard(), [event, event]);
    await jane.retry();
    assert.deepEqual(await jane.heard(), [event, event]);
    // A guest too, as the native clients do.
    await jane.signOut({ global: true });
    assert.deepEqual(await jane.heard(), [
      event,
      event,
      { ...event, global: true },
    ]);
    await jane.signIn();
    await jane.signOut({ redirectUrl: "https://example.org/" });
    assert.equal((await jane.heard()).length, 3);
  });

  test("parity 16: which sign-out URL, where several are configured", async (t) => {
    const { origin } = world;
    /** @type {[string, string[], string][]} */
    const cases = [
      // The first, where nothing else decides.
      ["/", ["https://a.example/", "https://b.example/"], "https://a.example/"],
      ["/", ["myapp://signout/", "https://b.example/"], "myapp://signout/"],
      // The page's exact origin wins.
      ["/", ["https://a.example/", `${origin}/`], `${origin}/`],
      ["/", [`${world.otherOrigin}/`, `${origin}/`], `${origin}/`],
      [
        "/",
        [`${origin.replace("localhost", "127.0.0.1")}/`, `${origin}/`],
        `${origin}/`,
      ],
      // Then the longest run of path segments, not of letters.
      [
        "/app/cart",
        [`${origin}/`, `${origin}/app/`, `${origin}/apple`],
        `${origin}/app/`,
      ],
      ["/apple", [`${origin}/app`, `${origin}/`], `${origin}/app`],
    ];
    for (const [path, redirectSignOut, chosen] of cases) {
      const jane = await world.visitor(t, {
        path,
        config: {
          hostedUI: { domain: world.cognito.origin, redirectSignOut },
        },
      });
      const { logoutUrl } = await jane.signOut({ hostedUI: "manual" });
      assert.equal(
        new URL(logoutUrl).searchParams.get("logout_uri"),
        chosen,
        `${path} ${redirectSignOut}`,
      );
      await jane.leave();
    }
  });

  test("parity 20: sign-out during a pending MFA challenge: complete, and a fresh sign-in works", async (t) => {
    const jane = await world.visitor(t, {
      user: { mfa: "SOFTWARE_TOKEN_MFA", mfaCode: "123456" },
    });
    /** @param {string} operation @param {any} body */
    const ask = (operation, body) =>
      jane.page.evaluate(
        async ({ origin, operation, body }) => {
          const answer = await fetch(origin, {
            method: "POST",
            headers: {
              "Content-Type": "application/x-amz-json-1.1",
              "X-Amz-Target": `AWSCognitoIdentityProviderService.${operation}`,
            },
            body: JSON.stringify(body),
          });
          return answer.json();
        },
        { origin: world.cognito.origin, operation, body },
      );
    const begin = () =>
      ask("InitiateAuth", {
        AuthFlow: "USER_PASSWORD_AUTH",
        ClientId: jane.clientId,
        AuthParameters: { USERNAME: jane.username, PASSWORD },
      });
    const pending = await begin();
    assert.equal(pending.ChallengeName, "SOFTWARE_TOKEN_MFA");
    // As Amplify keeps it.
    await jane.page.evaluate(
      ([username, session]) => {
        const kept = "CognitoSignInState";
        sessionStorage.setItem(`${kept}.username`, username ?? "");
        sessionStorage.setItem(`${kept}.challengeName`, "SOFTWARE_TOKEN_MFA");
        sessionStorage.setItem(`${kept}.signInSession`, session ?? "");
        sessionStorage.setItem(`${kept}.expiry`, String(Date.now() + 1e6));
      },
      [jane.username, pending.Session],
    );
    const result = await jane.signOut();
    assert.equal(result.status, "complete");
    assert.deepEqual(
      await jane.page.evaluate(() => Object.keys(sessionStorage)),
      [],
    );
    const again = await begin();
    const { AuthenticationResult } = await ask("RespondToAuthChallenge", {
      ClientId: jane.clientId,
      ChallengeName: again.ChallengeName,
      Session: again.Session,
      ChallengeResponses: {
        USERNAME: jane.username,
        SOFTWARE_TOKEN_MFA_CODE: "123456",
      },
    });
    await jane.page.evaluate(
      (tokens) => cs.storeTokens(tokens),
      AuthenticationResult,
    );
    assert.ok(await jane.page.evaluate(() => cs.loadTokens()));
    assert.equal((await jane.signOut()).wasSignedIn, true);
  });

  for (const [options, calls] of /** @type {[any, string[]][]} */ ([
    [{ global: true }, ["GlobalSignOut", "RevokeToken"]],
    [{ global: false }, ["RevokeToken"]],
    [{}, ["RevokeToken"]],
    [undefined, ["RevokeToken"]],
  ]))
    test(`parity 21: the option reaches the flow: ${JSON.stringify(options)}`, async (t) => {
      const jane = await world.visitor(t);
      await jane.signIn();
      await jane.page.evaluate((options) => cs.signOut(options), options);
      assert.deepEqual(jane.calls, calls);
    });

  test("parity 22: the chain of causes is kept", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn();
    jane.fault({ operation: "RevokeToken", drop: true });
    const result = await jane.signOut();
    assert.equal(result.revokeTokenError.error.code, "network");
    const cause = await jane.page.evaluate(() => {
      const { cause } = globalThis.kept.revokeTokenError.error;
      return [cause instanceof Error, cause.name, cause.message];
    });
    assert.deepEqual(cause, [true, "TypeError", "Failed to fetch"]);

    const kept = await world.visitor(t);
    await kept.signIn();
    const storage = await kept.page.evaluate(async () => {
      Storage.prototype.removeItem = () => {
        throw new RangeError("the disk is full of sand");
      };
      /** @type {any} */
      const { error } = await cs.signOut();
      return [error.code, error.cause?.name, error.cause?.message];
    });
    assert.deepEqual(storage, [
      "storage",
      "RangeError",
      "the disk is full of sand",
    ]);
  });
});
