// The main job: local, global, by the hosted UI, partial with retry, failed.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  SHOWN_TO_OTHER_TABS,
  eventually,
  sideBySide,
  until,
  useWorld,
} from "./lib/world.mjs";

const world = useWorld();

describe("sign-out", sideBySide(4), () => {
  test("local leaves the user's other sessions alone; global ends them", async (t) => {
    const jane = await world.visitor(t);
    const other = jane.session();
    await jane.signIn();
    await jane.signOut();
    assert.deepEqual(jane.areValid(other), { access: true, refresh: true });

    const tokens = await jane.signIn();
    jane.clearCalls();
    const result = await jane.signOut({ global: true });
    assert.equal(result.status, "complete");
    assert.deepEqual(jane.calls, ["GlobalSignOut", "RevokeToken"]);
    assert.deepEqual(jane.areValid(tokens), { access: false, refresh: false });
    assert.deepEqual(jane.areValid(other), { access: false, refresh: false });
  });

  test("signed in by password", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.page.evaluate(
      async ({ origin, clientId, username, password }) => {
        const answer = await fetch(origin, {
          method: "POST",
          headers: {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth",
          },
          body: JSON.stringify({
            AuthFlow: "USER_PASSWORD_AUTH",
            ClientId: clientId,
            AuthParameters: { USERNAME: username, PASSWORD: password },
          }),
        });
        const { AuthenticationResult } = await answer.json();
        // As Cognito gives it.
        await cs.storeTokens(AuthenticationResult);
        return cs.loadTokens();
      },
      {
        origin: world.cognito.origin,
        clientId: jane.clientId,
        username: jane.username,
        password: "Passw0rd!",
      },
    );
    assert.ok(tokens?.refreshToken);
    assert.equal(world.control.isTokenValid(tokens.refreshToken), true);
    assert.equal((await jane.signOut()).status, "complete");
    assert.equal(world.control.isTokenValid(tokens.refreshToken), false);
    assert.equal(world.control.isTokenValid(tokens.accessToken), false);
  });

  test("hosted UI, manual: the app gets the URL and stays where it is", async (t) => {
    const jane = await world.visitor(t);
    await jane.signInByHostedUI();
    const result = await jane.signOut({ hostedUI: "manual" });
    assert.equal(result.status, "complete");
    await jane.isAt(`${jane.origin}/`);
    assert.equal(await jane.isAskedForPassword(), false);
    await jane.page.goto(result.logoutUrl);
    assert.equal(await jane.isAskedForPassword(), true);
  });

  test("hosted UI, none: its session lives on", async (t) => {
    const jane = await world.visitor(t);
    await jane.signInByHostedUI();
    const result = await jane.signOut({ hostedUI: "none" });
    assert.equal(result.status, "complete");
    assert.equal(result.logoutUrl, undefined);
    assert.equal(await jane.isAskedForPassword(), false);
  });

  for (const kind of ["throws", "does nothing"])
    test(`failed: a storage whose removal ${kind}`, async (t) => {
      const jane = await world.visitor(t);
      const tokens = await jane.signIn();
      await jane.page.evaluate((kind) => {
        Storage.prototype.removeItem = () => {
          if (kind === "throws") throw new Error("not allowed");
        };
      }, kind);
      const result = await jane.signOut();
      assert.equal(result.status, "failed");
      assert.equal(result.signedOutLocally, false);
      assert.equal(result.error.code, "storage");
      // What is remote is done all the same.
      assert.deepEqual(jane.calls, ["RevokeToken"]);
      assert.equal(world.control.isTokenValid(tokens.refreshToken), false);
      assert.deepEqual(await jane.heard(), []);
    });

  test("failed: one key that stays is enough, and the others go; once the storage works again, so does the sign-out", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn();
    const seen = await jane.page.evaluate(async () => {
      const real = Storage.prototype.removeItem;
      /** @param {string} key */
      Storage.prototype.removeItem = function (key) {
        if (key.endsWith(".accessToken")) throw new Error("not allowed");
        real.call(this, key);
      };
      /** @type {any} */
      const failed = await cs.signOut({ timeoutMs: 60_000 });
      Storage.prototype.removeItem = real;
      return {
        code: failed.error.code,
        cause: failed.error.cause.message,
        signingOut: cs.isSigningOut(),
        left: Object.keys(localStorage).filter((key) =>
          /^Cognito.*Token$/.test(key),
        ),
        next: (await cs.signOut({ timeoutMs: 60_000 })).signedOutLocally,
      };
    });
    const { left, ...rest } = seen;
    assert.deepEqual(rest, {
      code: "storage",
      cause: "not allowed",
      signingOut: false,
      next: true,
    });
    assert.deepEqual(
      left.map((key) => key.replace(/.*\./, "")),
      ["accessToken"],
    );
    assert.deepEqual(await jane.keys(), []);
  });

  test("signed out already: complete without a request; a sign-in under way is removed", async (t) => {
    const jane = await world.visitor(t);
    const key = `CognitoIdentityServiceProvider.${jane.clientId}.oauthPKCE`;
    await jane.page.evaluate((key) => localStorage.setItem(key, "x"), key);
    const result = await jane.signOut();
    assert.equal(result.status, "complete");
    assert.equal(result.wasSignedIn, false);
    assert.deepEqual(jane.calls, []);
    assert.equal(await jane.page.evaluate(() => localStorage.length), 0);
  });

  test("the record of ended sessions keeps the last 32", async (t) => {
    const jane = await world.visitor(t);
    const sessions = Array.from({ length: 34 }, () => {
      const { accessToken, refreshToken } = jane.session();
      return { accessToken, refreshToken };
    });
    const count = await jane.page.evaluate(async ([sessions, clientId]) => {
      for (const tokens of sessions) {
        await cs.storeTokens(tokens);
        await cs.signOut({ timeoutMs: 60_000 });
      }
      const record = localStorage[`cognito-signout.${clientId}.ended`];
      return JSON.parse(record).length;
    }, /** @type {[any[], string]} */ ([sessions, jane.clientId]));
    assert.equal(count, 32);
  });

  test("failed, and no navigation: a storage that keeps the tokens of a hosted-UI session", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn({ origin: "hostedUI" });
    const result = await jane.page.evaluate(async () => {
      Storage.prototype.removeItem = () => {};
      let left = 0;
      const result = await cs.signOut({ navigate: () => void left++ });
      return { ...show(result), left };
    });
    assert.equal(result.status, "failed");
    assert.equal(result.error.code, "storage");
    assert.equal(result.left, 0);
  });

  test("failed, and nothing touched: bad options, an aborted signal", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn();
    const before = await jane.keys();
    /** @type {[any, string, RegExp][]} */
    const cases = [
      [{ globl: true }, "configuration", /globl/],
      [{ global: "yes" }, "configuration", /global/],
      [{ hostedUI: "later" }, "configuration", /hostedUI/],
      [{ timeoutMs: -1 }, "configuration", /timeoutMs/],
      [{ timeoutMs: "5" }, "configuration", /timeoutMs/],
      [{ redirectUrl: "https://example.org/" }, "configuration", /redirectUrl/],
      [
        { oauth: { redirectUrl: "https://example.org/" } },
        "configuration",
        /redirectUrl/,
      ],
      [{ navigate: "away" }, "configuration", /navigate/],
      [{ signal: {} }, "configuration", /signal/],
      [{ appState: "x".repeat(3000) }, "configuration", /appState/],
    ];
    for (const [options, code, message] of cases) {
      const result = await jane.signOut(options);
      assert.equal(result.status, "failed", JSON.stringify(options));
      assert.equal(result.signedOutLocally, false);
      assert.equal(result.error.code, code, JSON.stringify(options));
      assert.match(result.error.message, message);
    }
    const aborted = await jane.page.evaluate(async () =>
      show(await cs.signOut({ signal: AbortSignal.abort() })),
    );
    assert.equal(aborted.status, "failed");
    assert.equal(aborted.error.code, "aborted");
    assert.deepEqual(await jane.keys(), before);
    assert.deepEqual(jane.areValid(tokens), { access: true, refresh: true });
    assert.deepEqual(jane.calls, []);
    assert.deepEqual(await jane.heard(), []);
    assert.equal(await jane.page.evaluate(() => cs.isSigningOut()), false);
  });

  test("not configured: failed, and nothing touched", async (t) => {
    const jane = await world.visitor(t, { configure: false });
    const result = await jane.page.evaluate(async () => {
      localStorage.setItem("kept", "1");
      return show(await cs.signOut());
    });
    assert.equal(result.status, "failed");
    assert.equal(result.error.code, "notConfigured");
    assert.equal(result.signedOutLocally, false);
    assert.deepEqual(result.steps, []);
    assert.equal(await jane.page.evaluate(() => localStorage.length), 1);
  });

  test("an un-awaited configure: the sign-out queues behind it", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn();
    const page = await jane.tab("");
    await page.goto(`${jane.origin}/blank`);
    await until(
      async () => (await jane.keys(page)).length,
      SHOWN_TO_OTHER_TABS,
    );
    const result = await page.evaluate(async (config) => {
      // @ts-expect-error the server's copy, which needs no bundler
      const fresh = await import("/package/index.js");
      void fresh.configure(config);
      return fresh.signOut();
    }, jane.config);
    assert.equal(result.status, "complete");
    assert.equal(result.wasSignedIn, true);
    assert.equal(world.control.isTokenValid(tokens.refreshToken), false);
  });

  test("an un-awaited configure that is rejected: failed with that same error", async (t) => {
    const jane = await world.visitor(t, { configure: false });
    const seen = await jane.page.evaluate(async (config) => {
      const configured = cs.configure({ ...config, userPoolId: "nonsense" });
      const [result, error] = await Promise.all([
        cs.signOut(),
        configured.catch((error) => error),
      ]);
      return {
        ...show(result),
        same: result.status === "failed" && result.error === error,
      };
    }, jane.config);
    assert.equal(seen.status, "failed");
    assert.equal(seen.error.code, "configuration");
    assert.match(seen.error.message, /userPoolId/);
    assert.equal(seen.same, true);
  });

  test("an event as options counts as none", async (t) => {
    const jane = await world.visitor(t);
    for (const kind of ["dom", "react", "test", "jquery", "button", "ours"]) {
      const tokens = await jane.signIn();
      const result = await jane.page.evaluate(async (kind) => {
        if (kind === "button") {
          const button = document.createElement("button");
          const result = new Promise((resolve) => {
            button.onclick = (event) => resolve(cs.signOut(event));
          });
          button.click();
          return show(await result);
        }
        /** @type {any} */
        const event =
          kind === "dom"
            ? new MouseEvent("click")
            : kind === "react"
              ? { nativeEvent: {}, type: "click", target: {} }
              : kind === "test"
                ? { nativeEvent: 1 }
                : kind === "jquery"
                  ? { preventDefault() {}, originalEvent: {}, which: 1 }
                  : {
                      // As a NavigateEvent has one, and names of options.
                      signal: AbortSignal.abort(),
                      preventDefault() {},
                      hostedUI: "popup",
                      appState: () => {},
                    };
        return show(await cs.signOut(event));
      }, kind);
      assert.equal(result.status, "complete", kind);
      assert.equal(world.control.isTokenValid(tokens.refreshToken), false);
    }
    assert.equal((await jane.pages()).length, 1);
  });

  test("the logger gets each step as it happens", async (t) => {
    const jane = await world.visitor(t, { configure: false });
    const { accessToken, refreshToken } = jane.session({ origin: "hostedUI" });
    jane.fault({
      operation: "RevokeToken",
      answer: { type: "ForbiddenException" },
    });
    const lines = await jane.page.evaluate(
      async ({ config, tokens }) => {
        /** @type {string[][]} */
        const lines = [];
        const logger = {
          debug: (/** @type {string} */ line) => lines.push(["debug", line]),
          info: (/** @type {string} */ line) => lines.push(["info", line]),
          warn: (/** @type {string} */ line) => lines.push(["warn", line]),
        };
        await cs.configure({ ...config, logger });
        await cs.storeTokens({ ...tokens, signInMethod: "hostedUI" });
        await cs.signOut({ hostedUI: "none" });
        await cs.signOut({
          hostedUI: "redirect",
          navigate: () => void lines.push(["away", ""]),
        });
        await cs.signOut({
          hostedUI: "redirect",
          navigate: () => Promise.reject(new Error("not today")),
        });
        return lines;
      },
      { config: jane.config, tokens: { accessToken, refreshToken } },
    );
    const request = /request [\da-f-]{36}/;
    assert.match(`${lines[1]?.[1]}`, request);
    const own = lines.map(([level, line = ""]) => [
      level,
      line.replace(request, "request <id>"),
    ]);
    const nobody = [
      ["info", "cognito-signout: clear ok"],
      ["info", "cognito-signout: readBack ok"],
    ];
    assert.deepEqual(own, [
      ["info", "cognito-signout: clear ok"],
      [
        "warn",
        "cognito-signout: revokeToken failed, service, HTTP 400, request <id>: Cognito could not do what was asked (ForbiddenException: Forbidden).",
      ],
      ["info", "cognito-signout: readBack ok"],
      ["warn", "cognito-signout: sign-out partial"],
      ...nobody,
      ["away", ""],
      ["info", "cognito-signout: navigate ok"],
      ["info", "cognito-signout: revokeToken skipped: nobody was signed in"],
      ["info", "cognito-signout: sign-out complete"],
      ...nobody,
      [
        "warn",
        "cognito-signout: navigate failed, navigation: The page could not be left for the hosted UI.",
      ],
      ["info", "cognito-signout: revokeToken skipped: nobody was signed in"],
      ["warn", "cognito-signout: sign-out partial"],
    ]);
  });

  test("the logger gets a step that no answer ended too, once", async (t) => {
    const jane = await world.visitor(t, { configure: false });
    await jane.page.evaluate(async (config) => {
      /** @type {string[]} */
      const lines = [];
      const log =
        (/** @type {string} */ level) => (/** @type {string} */ line) =>
          void lines.push(`${level} ${line}`);
      const logger = { info: log("info"), warn: log("warn") };
      await cs.configure({ ...config, logger });
      Object.assign(globalThis, { lines });
    }, jane.config);
    /** @param {object} options @param {Parameters<typeof jane.fault>[0]} [fault] */
    const linesOf = async (options, fault) => {
      await jane.signIn();
      if (fault) jane.fault(fault);
      const lines = await jane.page.evaluate(async (options) => {
        const { lines } = /** @type {any} */ (globalThis);
        lines.length = 0;
        await cs.signOut(options);
        return /** @type {string[]} */ ([...lines]);
      }, options);
      return lines
        .filter((line) => !/ (clear|readBack) ok$/.test(line))
        .map((line) => line.replace(/request [\da-f-]{36}/, "request <id>"));
    };
    assert.deepEqual(await linesOf({ global: true, timeoutMs: 0 }), [
      "warn cognito-signout: globalSignOut failed, unconfirmed: The request was sent; its outcome is not known.",
      "warn cognito-signout: revokeToken failed, deferred: The refresh token was not revoked yet, so that the global sign-out can be tried again.",
      "warn cognito-signout: sign-out partial",
    ]);
    assert.deepEqual(
      await linesOf(
        { timeoutMs: 200 },
        { operation: "RevokeToken", silence: true },
      ),
      [
        "warn cognito-signout: revokeToken failed, timeout: Cognito did not answer in time.",
        "warn cognito-signout: sign-out partial",
      ],
    );
  });

  test("Amplify's oauth.redirectUrl chooses the way back", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn({ origin: "hostedUI" });
    const went = await jane.page.evaluate(async (redirectUrl) => {
      /** @type {string[]} */
      const went = [];
      await cs.signOut({
        global: false,
        oauth: { redirectUrl },
        navigate: (url) => void went.push(url),
      });
      return went;
    }, `${jane.origin}/signed-out`);
    assert.deepEqual(
      went.map((url) => new URL(url).searchParams.get("logout_uri")),
      [`${jane.origin}/signed-out`],
    );
  });

  test("steps: each one once, in the order of its start, with what Cognito said", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn();
    const { steps } = await jane.signOut({ global: true });
    assert.deepEqual(
      steps.map((/** @type {any} */ step) => [step.step, step.outcome]),
      [
        ["clear", "ok"],
        ["globalSignOut", "ok"],
        ["revokeToken", "ok"],
        ["readBack", "ok"],
      ],
    );
    for (const step of steps) {
      assert.equal(typeof step.startedAtMs, "number");
      assert.equal(typeof step.durationMs, "number");
      const remote = /globalSignOut|revokeToken/.test(step.step);
      assert.equal(step.attempts, remote ? 1 : 0);
      assert.equal(step.status, remote ? 200 : undefined);
      assert.equal(typeof step.requestId, remote ? "string" : "undefined");
    }
    const begins = steps.map((/** @type {any} */ step) => step.startedAtMs);
    assert.deepEqual(
      begins,
      [...begins].sort((a, b) => a - b),
    );
  });

  test("steps: a revocation that is not sent says why", async (t) => {
    /** @param {import("./lib/world.mjs").Visitor} jane @param {any} [options] */
    const revocation = async (jane, options) => {
      const { status, wasSignedIn, steps } = await jane.signOut(options);
      const step = steps.find(
        (/** @type {any} */ s) => s.step === "revokeToken",
      );
      return [status, wasSignedIn, step?.outcome, step?.reason];
    };
    // As after the implicit grant: the access token lives on until it expires.
    const jane = await world.visitor(t);
    for (const global of [false, true]) {
      const { accessToken, idToken } = jane.session();
      await jane.page.evaluate((tokens) => cs.storeTokens(tokens), {
        accessToken,
        idToken,
      });
      assert.deepEqual(await revocation(jane, { global }), [
        "complete",
        true,
        "skipped",
        "the session has no refresh token, so nothing can be revoked",
      ]);
      assert.equal(jane.control.isTokenValid(accessToken), !global);
    }
    assert.deepEqual(await revocation(jane), [
      "complete",
      false,
      "skipped",
      "nobody was signed in",
    ]);
    assert.deepEqual(jane.calls, ["GlobalSignOut"]);
    const off = await world.visitor(t, { config: { tokenRevocation: false } });
    await off.signIn();
    assert.deepEqual(await revocation(off), [
      "complete",
      true,
      "skipped",
      "token revocation is off in the configuration",
    ]);
  });

  test("sessions of other app clients alone: the clear names them, and the logger hears it", async (t) => {
    const jane = await world.visitor(t);
    const john = await world.visitor(t, { path: "" });
    const tokens = await jane.signIn();
    /** @param {any} config */
    const signOut = (config) =>
      jane.page.evaluate(async (config) => {
        /** @type {string[]} */
        const warnings = [];
        const logger = {
          debug: () => {},
          warn: (/** @type {string} */ line) => warnings.push(line),
        };
        const client = cs.createClient({ ...config, logger });
        const { status, wasSignedIn, steps } = /** @type {any} */ (
          await client.signOut()
        );
        const { outcome, reason } = steps[0];
        return { status, wasSignedIn, outcome, reason, warnings };
      }, config);
    const reason = `found sessions of other app clients: ${jane.clientId}; configured ${john.clientId}`;
    const expected = {
      status: "complete",
      wasSignedIn: false,
      outcome: "ok",
      reason,
      warnings: [`cognito-signout: ${reason}`],
    };
    assert.deepEqual(await signOut(john.config), expected);
    // Wherever this client keeps its own, and wherever the other's are.
    await jane.page.evaluate(
      (issuer) => {
        for (const [key, value] of Object.entries(localStorage))
          if (key.startsWith("Cognito")) {
            document.cookie = `${encodeURIComponent(key)}=${value.slice(0, 9)}; path=/`;
            localStorage.removeItem(key);
          }
        sessionStorage.setItem(`oidc.user:${issuer}:3third4client`, "{}");
      },
      world.cognito.issuer.replace(/^.*\/\//, "https://cognito-idp.x/"),
    );
    const all = await signOut({ ...john.config, storage: "session" });
    assert.match(all.reason, /3third4client/);
    assert.match(all.reason, new RegExp(jane.clientId));
    // Its own session, or no session at all: there is nothing to say.
    const own = john.session();
    await jane.page.evaluate(
      async ([config, tokens]) => {
        await cs.createClient(config).storeTokens(tokens);
      },
      /** @type {const} */ ([
        john.config,
        { accessToken: own.accessToken, refreshToken: own.refreshToken },
      ]),
    );
    const fine = await signOut(john.config);
    assert.deepEqual(
      [fine.wasSignedIn, fine.reason, fine.warnings],
      [true, undefined, []],
    );
    assert.equal(jane.control.isTokenValid(tokens.refreshToken), true);
  });

  test("onSignedOut: once for a sign-out; the unsubscriber; a listener that throws", async (t) => {
    const jane = await world.visitor(t);
    await jane.page.evaluate(() => {
      addEventListener("error", ({ message }) => {
        document.title += message;
      });
      globalThis.kept = { off: 0, after: 0 };
      cs.onSignedOut(() => {
        throw new Error("a listener's own");
      });
      const off = cs.onSignedOut(() => globalThis.kept.off++);
      cs.onSignedOut(() => globalThis.kept.after++);
      off();
      off();
      // As with a DOM event, one that another takes off is not called any more.
      cs.onSignedOut(() => late());
      const late = cs.onSignedOut(() => globalThis.kept.off++);
    });
    await jane.signIn();
    const before = await jane.page.evaluate(() => globalThis.kept);
    const result = await jane.page.evaluate(async () =>
      show(await cs.signOut()),
    );
    assert.equal(result.status, "complete");
    assert.deepEqual(before, { off: 0, after: 0 });
    assert.deepEqual(await jane.page.evaluate(() => globalThis.kept), {
      off: 0,
      after: 1,
    });
    assert.deepEqual(await jane.heard(), [
      { reason: "signOut", global: false, redirecting: false },
    ]);
    // As with a DOM event, the page learns of it.
    await eventually(
      () =>
        jane.page.evaluate(() => document.title.includes("a listener's own")),
      "the error reaches the page",
    );
  });

  test("revokeToken and globalSignOut, the escape hatch", async (t) => {
    const jane = await world.visitor(t);
    const tokens = jane.session();
    const other = jane.session();
    const page = jane.page;
    await page.evaluate((token) => cs.revokeToken(token), tokens.refreshToken);
    assert.deepEqual(jane.areValid(tokens), { access: false, refresh: false });
    // A token that is revoked already is no error; an access token that is, is one.
    const codes = await page.evaluate(
      async ({ refreshToken, accessToken }) => [
        await rejection(cs.revokeToken(refreshToken)),
        (await rejection(cs.globalSignOut(accessToken))).code,
        (await rejection(cs.revokeToken(""))).code,
        (await rejection(cs.globalSignOut(/** @type {any} */ (5)))).code,
      ],
      tokens,
    );
    assert.deepEqual(codes, [
      null,
      "tokenRevoked",
      "configuration",
      "configuration",
    ]);
    await page.evaluate((token) => cs.globalSignOut(token), other.accessToken);
    assert.deepEqual(jane.areValid(other), { access: false, refresh: false });
  });
});
