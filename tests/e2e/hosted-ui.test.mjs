// Leaving for the hosted UI, coming back from it, and all that may come between.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LOGOUT_STAYS, countLooks, isSeen } from "./lib/popup.mjs";
import { allLoad } from "./lib/tabs.mjs";
import {
  LIVE,
  OVER,
  engine,
  eventually,
  leftWell,
  needs,
  sideBySide,
  slowClock,
  until,
  useWorld,
} from "./lib/world.mjs";

/** @import { Visitor } from "./lib/world.mjs" */

const world = useWorld();

/**
 * Signs out with a popup, which the user closes while the hosted UI's page is open.
 * @param {Visitor} visitor
 * @returns {Promise<any>} the result
 */
async function closesPopup(visitor) {
  visitor.fault(LOGOUT_STAYS);
  await visitor.page.evaluate(countLooks);
  const popup = await visitor.clickToPopup();
  await popup.waitForURL(/logout/);
  await isSeen(visitor.page);
  await popup.close();
  return visitor.result();
}

describe("the redirect", sideBySide(3), () => {
  test("an app that goes on to /login, awaited, can't cancel the logout", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signInByHostedUI();
    // Firefox goes on to what an app asks for in `pagehide`, the logout being done; the others to
    // where Cognito sends them.
    const goesOn = engine === "firefox";
    await jane.returned(goesOn ? "/login" : "/", () => {
      const leave = async () => {
        await cs.signOut();
        location.href = "/login";
      };
      setTimeout(() => void leave());
    });
    const result = await jane.take();
    if (goesOn) assert.equal(result.hostedUIError.error.code, "unconfirmed");
    else leftWell(result);
    assert.equal(await jane.isAskedForPassword(), true);
    await until(
      () => !world.control.isTokenValid(tokens.refreshToken),
      "it is revoked",
    );
  });

  test("a route guard that starts a sign-in on the signed-out event can't cancel it", async (t) => {
    const jane = await world.visitor(t);
    await jane.signInByHostedUI();
    await jane.page.evaluate(() => {
      cs.onSignedOut(() => location.assign("/login"));
    });
    // Firefox goes on to what is asked for in `pagehide`, the logout being done.
    await jane.leaveAndReturn(engine === "firefox" ? "/login" : "/");
    assert.equal(await jane.isAskedForPassword(), true);
  });

  test("a route guard that asks isSigningOut, in this tab and in another, starts no sign-in", async (t) => {
    const jane = await world.visitor(t);
    await jane.signInByHostedUI();
    const other = await jane.tab();
    await allLoad([other]);
    await other.evaluate(() => {
      globalThis.kept = [];
      // As guards do: on every storage event, and on the package's own.
      const guard = async () => {
        const signingOut = cs.isSigningOut();
        if (!(await cs.loadTokens())) globalThis.kept.push(signingOut);
      };
      addEventListener("storage", () => void guard());
      cs.onSignedOut(() => void guard());
    });
    const letGo = jane.hold("/logout");
    const isBack = jane.leaveAndReturn("/");
    const heard = await until(async () => {
      const heard = await jane.heard(other);
      return heard.length && heard;
    }, "the other tab hears it");
    await other.waitForFunction(() => globalThis.kept.length > 0);
    letGo();
    await isBack;
    const guards = await other.evaluate(() => globalThis.kept);
    assert.deepEqual(heard, [
      { reason: "otherTab", global: false, redirecting: true },
    ]);
    // Over in every tab once the tab that left is back.
    for (const page of [jane.page, other])
      await until(
        () => page.evaluate(() => !cs.isSigningOut()),
        "it is over in each tab",
      );
    // Before that, no guard saw a user who was simply signed out.
    assert.equal(guards[0], true);
  });

  test("isSigningOut is true while the page leaves, and false once it is back, in each tab; the result is handed over once", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn({ origin: "hostedUI" });
    const other = await jane.tab();
    jane.fault({ operation: "/logout", latencyMs: 500 });
    await jane.page.evaluate(() => {
      addEventListener("pagehide", () => {
        sessionStorage.setItem("atPagehide", String(cs.isSigningOut()));
      });
    });
    await jane.leaveAndReturn("/");
    assert.deepEqual(
      await jane.page.evaluate(() => [
        sessionStorage.getItem("atPagehide"),
        cs.isSigningOut(),
      ]),
      ["true", false],
    );
    await until(
      () => other.evaluate(() => !cs.isSigningOut()),
      "it is over in the other tab",
    );
    leftWell(await jane.take());
    await jane.go("/");
    assert.equal(await jane.take(), null);
  });

  test("takeSignOutResult: the same object for every call, null after a reload", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn({ origin: "hostedUI" });
    /** @type {any} */
    let deep = [1.5e300, "two", null];
    for (let i = 0; i < 50; i++) deep = [deep];
    await jane.leaveAndReturn("/", { appState: { deep } });
    const seen = await jane.page.evaluate(async () => {
      const [one, two] = await Promise.all([
        cs.takeSignOutResult(),
        cs.takeSignOutResult(),
      ]);
      const three = await cs.takeSignOutResult();
      return {
        same: one === two && two === three,
        state: one?.appState,
        record: Object.values({ ...sessionStorage }).length,
      };
    });
    assert.equal(seen.same, true);
    assert.deepEqual(seen.state, { deep });
    await jane.go("/");
    assert.equal(await jane.take(), null);
  });

  test("takeSignOutResult is null where none left, while one is pending, and after one that did not leave", async (t) => {
    const jane = await world.visitor(t);
    assert.equal(await jane.take(), null);
    await jane.signIn();
    const pending = await jane.page.evaluate(async () => {
      const running = cs.signOut();
      const taken = await cs.takeSignOutResult();
      await running;
      return [taken, await cs.takeSignOutResult()];
    });
    assert.deepEqual(pending, [null, null]);
    await jane.go("/");
    assert.equal(await jane.take(), null);
    // Nor does the one that left before outlive one that did not.
    await jane.signIn({ origin: "hostedUI" });
    await jane.leaveAndReturn("/");
    const after = await jane.page.evaluate(async () => {
      const first = await cs.takeSignOutResult();
      await cs.signOut();
      return [first?.signedOutLocally, await cs.takeSignOutResult()];
    });
    assert.deepEqual(after, [true, null]);
  });

  test("a caller who aborts while navigate is at it leaves no record behind", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn({ origin: "hostedUI" });
    const seen = await jane.page.evaluate(async () => {
      const controller = new AbortController();
      const result = show(
        await cs.signOut({
          signal: controller.signal,
          navigate: () => {
            setTimeout(() => controller.abort());
            return new Promise(() => {});
          },
        }),
      );
      return [result.hostedUIError.error.code, cs.isSigningOut()];
    });
    assert.deepEqual(seen, ["aborted", false]);
    await jane.go("/");
    assert.equal(await jane.take(), null);
  });

  test("the record goes with storeTokens", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn({ origin: "hostedUI" });
    await jane.leaveAndReturn("/");
    await jane.signIn();
    assert.equal(await jane.take(), null);
  });

  test("logout_uri is not registered and the user types the app's address: unconfirmed, and retry() leaves again", async (t) => {
    const jane = await world.visitor(t, {
      client: { logoutUrls: ["https://elsewhere.example/"] },
      path: "/deep/page",
    });
    await jane.signIn({ origin: "hostedUI" });
    await jane.leaves();
    await jane.page.waitForURL(/\/(logout|error)/);
    await jane.go("/typed");
    const result = await jane.take();
    assert.equal(result.status, "partial");
    assert.equal(result.signedOutLocally, true);
    // A page of an upstream provider that sends no referrer would look the same.
    assert.equal(result.hostedUIError.error.code, "unconfirmed");
    assert.ok(result.hostedUIError.url);
    assert.equal(result.hidden.retry, "function");
    assert.equal(await jane.page.evaluate(() => cs.isSigningOut()), false);
    // The rest was done.
    await until(
      () =>
        world.control.sessions({ clientId: jane.clientId })[0]?.revoked ===
        "RevokeToken",
      "it is revoked",
    );
    // By now it is registered.
    world.control.addClient({
      id: jane.clientId,
      logoutUrls: [`${jane.origin}/`],
    });
    await jane.returned("/", () => {
      const leave = async () => {
        /** @type {any} */
        const result = await cs.takeSignOutResult();
        await result.retry();
      };
      setTimeout(() => void leave());
    });
    leftWell(await jane.take());
  });

  test("logout_uri is not registered and the user goes back: redirectNotCompleted", async (t) => {
    const jane = await world.visitor(t, {
      client: { logoutUrls: ["https://elsewhere.example/"] },
    });
    const tokens = await jane.signIn({ origin: "hostedUI" });
    await jane.leaves();
    await jane.page.waitForURL(/\/(logout|error)/);
    await jane.page.goBack();
    await jane.page.waitForFunction(() => globalThis.ready);
    const result = await jane.take();
    assert.equal(result.status, "partial");
    assert.equal(result.hostedUIError.error.code, "redirectNotCompleted");
    assert.match(
      result.hostedUIError.error.message,
      /check the allowed sign-out URLs for http/,
    );
    assert.equal(result.hidden.retry, "function");
    await until(
      () => !world.control.isTokenValid(tokens.refreshToken),
      "the rest was done",
    );
    assert.equal(await jane.page.evaluate(() => cs.isSigningOut()), false);
  });

  test("the app's server sends the user on: it counts as returned, and the step says so", async (t) => {
    const moved = `${world.origin}/moved`;
    const jane = await world.visitor(t, {
      client: { logoutUrls: [moved] },
      config: {
        hostedUI: { domain: world.cognito.origin, redirectSignOut: moved },
      },
    });
    await jane.signIn({ origin: "hostedUI" });
    await jane.leaveAndReturn("/landing");
    // After the redirects of both servers, the referrer is the page that left.
    assert.equal(
      await jane.page.evaluate(() => document.referrer),
      `${jane.origin}/`,
    );
    const result = await jane.take();
    leftWell(result);
    const step = result.steps.find(
      (/** @type {any} */ step) => step.step === "navigate",
    );
    assert.match(step.reason, /another address/);
  });

  test("a remote error never stops the redirect, and a silent server does not hold it up", async (t) => {
    for (const fault of [
      { operation: "RevokeToken", answer: { type: "ForbiddenException" } },
      { operation: "RevokeToken", silence: /** @type {const} */ (true) },
    ]) {
      const jane = await world.visitor(t);
      await jane.signInByHostedUI();
      jane.fault(fault);
      // An answer is waited for, and silence is not: the page's clock decides that, so it goes slowly for the answer.
      if (!fault.silence) await jane.page.evaluate(slowClock);
      await jane.leaveAndReturn("/");
      const result = await jane.take();
      assert.equal(result.status, "partial");
      assert.equal(
        result.revokeTokenError.error.code,
        fault.silence ? "unconfirmed" : "service",
      );
      assert.equal(result.hostedUIError, undefined);
      // The tokens did not come along, so there is nothing to retry with.
      assert.equal(result.hidden.retry, "undefined");
      assert.equal(result.hidden.refreshToken, "undefined");
      assert.equal(await jane.isAskedForPassword(), true);
      await jane.leave();
    }
  });

  test("written back while the page leaves: gone on the page after, and the newest token is revoked", async (t) => {
    const jane = await world.visitor(t, {
      configure: false,
      client: { rotation: { graceSeconds: 60 } },
    });
    await jane.page.evaluate((config) => cs.configure(config), jane.config);
    await jane.signIn({ origin: "hostedUI" });
    const newest = await jane.page.evaluate(async () => {
      const before = { ...localStorage };
      const newest = await cs.refreshTokens();
      const after = Object.entries(localStorage).filter(([key]) =>
        key.endsWith("Token"),
      );
      Object.assign(localStorage, before);
      // What a refresh in flight of another library would write.
      addEventListener("beforeunload", () => {
        Object.assign(localStorage, Object.fromEntries(after));
        sessionStorage.setItem("wrote", String(after.length));
      });
      return newest;
    });
    // The session lives on, so that only the newest token's own revocation ends it.
    jane.fault({
      operation: "RevokeToken",
      times: 1,
      answer: { type: "ForbiddenException" },
    });
    await jane.leaveAndReturn("/");
    // Nothing is configured here, so that nobody else has looked.
    assert.ok(await jane.page.evaluate(() => sessionStorage.getItem("wrote")));
    assert.deepEqual(await jane.keys(), []);
    await until(
      () => !world.control.isTokenValid(newest.refreshToken ?? ""),
      "the newest token is revoked",
    );
    assert.deepEqual(
      jane.calls.filter((call) => call.includes("RevokeToken")),
      ["(RevokeToken)", "RevokeToken"],
    );
  });

  test("when navigate is called the tokens are gone, and the record is there, without a token; guards hold until the next page", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn({ origin: "hostedUI" });
    const seen = await jane.page.evaluate(async (clientId) => {
      const name = `cognito-signout.${clientId}.result`;
      /** @type {any} */
      const seen = {};
      await cs.signOut({
        global: true,
        appState: { from: "/cart" },
        timeoutMs: 60_000,
        navigate: (url) => {
          seen.url = url;
          seen.record = sessionStorage.getItem(name);
          seen.left = Object.keys(localStorage).filter((key) =>
            key.startsWith("CognitoIdentityServiceProvider."),
          );
        },
      });
      seen.stored = JSON.stringify({ ...localStorage, ...sessionStorage });
      seen.taken = await cs.takeSignOutResult();
      seen.still = sessionStorage.getItem(name) !== null;
      seen.signingOut = cs.isSigningOut();
      return seen;
    }, jane.clientId);
    for (const token of [
      tokens.accessToken,
      tokens.idToken,
      tokens.refreshToken,
    ])
      assert.equal(seen.stored.includes(token.slice(-24)), false);
    assert.deepEqual(seen.left, []);
    const record = JSON.parse(seen.record);
    assert.equal(record.back, `${jane.origin}/`);
    assert.equal(record.url, seen.url);
    assert.equal(record.appState, '{"from":"/cart"}');
    assert.equal(record.result.signedOutLocally, true);
    assert.deepEqual(
      [seen.taken, seen.still, seen.signingOut],
      [null, true, true],
    );
    assert.equal((await jane.heard())[0]?.redirecting, true);
  });

  test("auto leaves only for a session of the hosted UI", async (t) => {
    const jane = await world.visitor(t);
    for (const signInMethod of [undefined, "api", "hostedUI"]) {
      const { accessToken, refreshToken } = jane.session();
      const seen = await jane.page.evaluate(
        async (tokens) => {
          let left = 0;
          await cs.storeTokens(/** @type {any} */ (tokens));
          const { logoutUrl } = /** @type {any} */ (
            await cs.signOut({ navigate: () => void left++ })
          );
          return [left, !!logoutUrl];
        },
        { accessToken, refreshToken, signInMethod },
      );
      const leaves = signInMethod === "hostedUI";
      assert.deepEqual(seen, [Number(leaves), leaves], signInMethod);
    }
  });

  test("a record that is old or broken is none", async (t) => {
    const jane = await world.visitor(t, { configure: false });
    const seen = await jane.page.evaluate(async (config) => {
      const seen = [];
      for (const text of [
        "",
        "{",
        "[]",
        '{"at":1,"result":{}}',
        '{"at":"now"}',
        "null",
      ]) {
        const name = `cognito-signout.${config.userPoolClientId}.result`;
        sessionStorage.setItem(name, text);
        const client = cs.createClient(config);
        seen.push(await client.takeSignOutResult(), client.isSigningOut());
        client.dispose();
      }
      return seen;
    }, jane.config);
    assert.deepEqual(seen, Array(6).fill([null, false]).flat());
  });

  test("navigate: awaited; if it throws, or rejects, hostedUIError(navigation) with its cause", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn({ origin: "hostedUI" });
    const fine = await jane.page.evaluate(async () => {
      /** @type {string[]} */
      const order = [];
      const result = await cs.signOut({
        navigate: async () => {
          await new Promise((resolve) => setTimeout(resolve, 50));
          order.push("left");
        },
      });
      order.push("settled");
      return { ...show(result), order };
    });
    leftWell(fine);
    assert.deepEqual(fine.order, ["left", "settled"]);
    assert.ok(fine.logoutUrl);
    for (const how of ["throws", "rejects"]) {
      const john = await world.visitor(t);
      await john.signIn({ origin: "hostedUI" });
      const result = await john.page.evaluate(async (how) => {
        let times = 0;
        /** @type {any} */
        const result = await cs.signOut({
          navigate: () => {
            if (times++) return undefined;
            if (how === "throws") throw new Error("no way");
            return Promise.reject(new Error("no way"));
          },
        });
        return {
          ...show(result),
          cause: result.hostedUIError?.error.cause?.message,
          taken: await cs.takeSignOutResult(),
          signingOut: cs.isSigningOut(),
          again: show(await result.retry()),
        };
      }, how);
      assert.equal(result.status, "partial");
      assert.equal(result.hostedUIError.error.code, "navigation");
      assert.equal(result.cause, "no way");
      assert.equal(result.taken, null);
      assert.equal(result.signingOut, false, how);
      leftWell(result.again);
      assert.ok(result.again.logoutUrl);
    }
  });

  for (const how of [
    "navigate that never settles",
    "a /logout that never answers",
  ])
    test(
      `${how}: hostedUIError(navigation), at last`,
      needs("clock"),
      async (t) => {
        const jane = await world.visitor(t);
        await jane.signIn({ origin: "hostedUI" });
        await jane.page.clock.install();
        // The browser stays where it is.
        jane.fault({ operation: "/logout", answer: { status: 204, body: "" } });
        await jane.page.evaluate((how) => {
          globalThis.kept = null;
          void cs
            .signOut(
              how.startsWith("navigate")
                ? { navigate: () => new Promise(() => {}) }
                : {},
            )
            .then((result) => (globalThis.kept = result));
        }, how);
        await until(() => jane.calls.includes("RevokeToken"), "it is revoked");
        if (!how.startsWith("navigate"))
          await until(
            () => jane.calls.some((call) => call.includes("/logout")),
            "it leaves",
          );
        else
          await until(
            () =>
              jane.page.evaluate(() =>
                Object.keys(sessionStorage).some((key) =>
                  key.endsWith("result"),
                ),
              ),
            "it leaves",
          );
        assert.equal(await jane.page.evaluate(() => globalThis.kept), null);
        await jane.page.clock.runFor(31_000);
        await jane.page.waitForFunction(() => globalThis.kept);
        const result = await jane.page.evaluate(() => show(globalThis.kept));
        assert.equal(result.status, "partial");
        assert.equal(result.hostedUIError.error.code, "navigation");
        assert.equal(result.revokeTokenError, undefined);
      },
    );

  test("in a frame: a redirect is hostedUIError(invalidState), manual works", async (t) => {
    const jane = await world.visitor(t);
    const sessions = [1, 2].map(() => {
      const { accessToken, refreshToken } = jane.session();
      return { accessToken, refreshToken, signInMethod: "hostedUI" };
    });
    await jane.page.evaluate(() => {
      const frame = document.createElement("iframe");
      frame.src = "/framed";
      document.body.append(frame);
    });
    await eventually(
      () => jane.page.evaluate(() => /** @type {any} */ (frames[0]).ready),
      "the frame starts",
    );
    const [auto, redirect, manual] = await jane.page.evaluate(
      async ([first, second]) => {
        const { cs } = /** @type {any} */ (frames[0]);
        /** @param {string} [hostedUI] */
        const signOut = async (hostedUI) =>
          show(await cs.signOut({ hostedUI, timeoutMs: 60_000 }));
        await cs.storeTokens(first);
        const stay = [await signOut(), await signOut("redirect")];
        await cs.storeTokens(second);
        return [...stay, await signOut("manual")];
      },
      sessions,
    );
    for (const result of [auto, redirect]) {
      assert.equal(result.status, "partial");
      assert.equal(result.hostedUIError.error.code, "invalidState");
    }
    assert.equal(manual.status, "complete");
    assert.ok(manual.logoutUrl);
  });

  test("an explicit redirect runs for a guest too", async (t) => {
    const jane = await world.visitor(t);
    await jane.leaveAndReturn("/signed-out", {
      hostedUI: "redirect",
      redirectUrl: `${jane.origin}/signed-out`,
    });
    const result = await jane.take();
    assert.equal(result.status, "complete");
    assert.equal(result.wasSignedIn, false);
    assert.deepEqual(jane.calls, ["/logout"]);
  });
});

describe("the popup", sideBySide(3), () => {
  test("first the hosted UI, then the clear; isSigningOut from its opening", async (t) => {
    const jane = await world.visitor(t);
    await jane.signInByHostedUI();
    const letGo = jane.hold("/logout");
    const popup = await jane.clickToPopup();
    assert.equal(await jane.page.evaluate(() => cs.isSigningOut()), true);
    assert.ok((await jane.keys()).length > 0);
    letGo();
    const result = await jane.result();
    await until(() => jane.isClosed(popup), "the popup is closed");
    assert.equal(result.status, "complete");
    assert.equal(await jane.page.evaluate(() => cs.isSigningOut()), false);
    assert.equal(await jane.isAskedForPassword(), true);
    assert.deepEqual(await jane.heard(), [
      { reason: "signOut", global: false, redirecting: false },
    ]);
  });

  test(
    "before the engine is there: isSigningOut from its opening all the same",
    needs("openWindows"),
    async (t) => {
      const jane = await world.visitor(t, { configure: false });
      const seen = await jane.page.evaluate(async (config) => {
        void cs.configure(config);
        const seen = [cs.isSigningOut()];
        const running = cs.signOut({ hostedUI: "popup", popupTimeoutMs: 0 });
        seen.push(cs.isSigningOut());
        const { status } = await running;
        return [...seen, status, cs.isSigningOut()];
      }, jane.config);
      assert.deepEqual(seen, [false, true, "partial", false]);
    },
  );

  test(
    "beside a sign-out without one it waits for its own return",
    needs("openWindows"),
    async (t) => {
      const jane = await world.visitor(t);
      await jane.signInByHostedUI();
      jane.fault({ operation: "/logout", latencyMs: 300 });
      const results = await jane.page.evaluate(() =>
        Promise.all(
          [
            cs.signOut({ hostedUI: "none" }),
            cs.signOut({ hostedUI: "popup" }),
          ].map(async (promise) => show(await promise)),
        ),
      );
      assert.deepEqual(
        results.map(({ status, steps }) => [status, steps[0].step]),
        [
          ["complete", "clear"],
          ["complete", "popup"],
        ],
      );
      assert.equal(await jane.isAskedForPassword(), true);
      await until(
        async () => (await jane.pages()).length === 1,
        "the popup is closed",
      );
    },
  );

  test("parity 10: cancelled: userCancelled, and the user is signed in as before", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signInByHostedUI();
    const before = await jane.keys();
    const result = await closesPopup(jane);
    assert.equal(result.status, "failed");
    assert.equal(result.error.code, "userCancelled");
    assert.deepEqual(await jane.keys(), before);
    assert.deepEqual(jane.areValid(/** @type {any} */ (tokens)), LIVE);
    assert.ok(!jane.calls.includes("RevokeToken"));
    assert.deepEqual(await jane.heard(), []);
    assert.equal(await jane.page.evaluate(() => cs.isSigningOut()), false);
  });

  test("cancelled, where the refresh token is known to be dead: the sign-out goes on", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn({ origin: "hostedUI" });
    world.control.endSession(tokens.sessionId);
    const dead = await jane.page.evaluate(() => rejection(cs.refreshTokens()));
    assert.equal(dead.code, "tokenRevoked");
    const result = await closesPopup(jane);
    assert.equal(result.status, "partial");
    assert.equal(result.hostedUIError.error.code, "userCancelled");
    assert.deepEqual(await jane.keys(), []);
  });

  test("blocked: hostedUIError(popupBlocked) with the URL, and the sign-out goes on", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn({ origin: "hostedUI" });
    const result = await jane.page.evaluate(async () => {
      window.open = () => null;
      return show(await cs.signOut({ hostedUI: "popup" }));
    });
    assert.equal(result.status, "partial");
    assert.equal(result.hostedUIError.error.code, "popupBlocked");
    assert.ok(result.hostedUIError.url.includes("/logout?"));
    assert.deepEqual(await jane.keys(), []);
    assert.deepEqual(jane.areValid(tokens), OVER);
  });

  test("timed out: hostedUIError(timeout), and the sign-out goes on", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn({ origin: "hostedUI" });
    jane.fault({ operation: "/logout", silence: true });
    const popup = await jane.clickToPopup({ popupTimeoutMs: 300 });
    const result = await jane.result();
    assert.equal(result.status, "partial");
    assert.equal(result.hostedUIError.error.code, "timeout");
    const [step, next] = result.steps;
    assert.deepEqual(
      [step.step, step.outcome, step.code],
      ["popup", "failed", "timeout"],
    );
    // It ended before what came after it began.
    assert.ok(step.startedAtMs + step.durationMs <= next.startedAtMs);
    assert.deepEqual(jane.areValid(tokens), OVER);
    await until(() => jane.isClosed(popup), "the popup is closed");
  });

  test(
    "aborted while it is open: its step says so, and nothing is touched",
    needs("openWindows"),
    async (t) => {
      const jane = await world.visitor(t);
      await jane.signIn({ origin: "hostedUI" });
      const before = await jane.keys();
      jane.fault({ operation: "/logout", silence: true });
      const result = await jane.page.evaluate(async () => {
        const abort = new AbortController();
        const running = cs.signOut({ hostedUI: "popup", signal: abort.signal });
        abort.abort();
        return show(await running);
      });
      assert.equal(result.error.code, "aborted");
      const [step] = result.steps;
      assert.deepEqual(
        [step.step, step.outcome, step.code],
        ["popup", "failed", "aborted"],
      );
      await until(
        async () => (await jane.pages()).length === 1,
        "it is closed",
      );
      assert.deepEqual(await jane.keys(), before);
    },
  );

  test("a check that fails closes the popup, and nothing is touched", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn({ origin: "hostedUI" });
    const before = await jane.keys();
    await jane.page.evaluate(() => {
      const { open } = globalThis;
      globalThis.open = (...args) => {
        document.title = "opened";
        return open.apply(globalThis, args);
      };
    });
    await jane.click({ redirectUrl: "https://elsewhere.example/" });
    const result = await jane.result();
    assert.equal(result.status, "failed");
    assert.equal(result.error.code, "configuration");
    assert.equal(await jane.page.evaluate(() => document.title), "opened");
    await until(
      async () => (await jane.pages()).length === 1,
      "the popup is closed",
    );
    assert.deepEqual(await jane.keys(), before);
  });

  test("a page with COOP: the returning page is heard all the same", async (t) => {
    const jane = await world.visitor(t, { path: "/coop/" });
    await jane.signIn({ origin: "hostedUI" });
    await jane.clickToPopup();
    const result = await jane.result();
    assert.equal(result.status, "complete", JSON.stringify(result));
    assert.deepEqual(await jane.keys(), []);
  });
});
