// Several tabs of one browser: who signs out, who hears of it, and what no tab can bring back.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
  OTHER_TAB,
  allLoad,
  delivered,
  loads,
  signOutAtOnce,
} from "./lib/tabs.mjs";
import {
  HANGS_MS,
  LIVE,
  OVER,
  PATIENT_MS,
  SHOWN_TO_OTHER_TABS,
  can,
  sideBySide,
  until,
  useWorld,
} from "./lib/world.mjs";

/** @import { Page } from "playwright-core" */
/** @import { Visitor } from "./lib/world.mjs" */

const world = useWorld();

/** Longer than the last look at the storage, two seconds after the end. */
const READ_BACK_MS = 2500;

/**
 * @param {import("./lib/world.mjs").Visitor} visitor
 * @param {import("playwright-core").Page} [page]
 */
const configure = ({ config, page: own }, page = own) =>
  page.evaluate((config) => cs.configure(config), config);

/**
 * A visitor whose tokens were refreshed once, what was stored before that, and a RevokeToken that is held.
 * @param {Parameters<typeof world.visitor>[0]} t
 */
async function refreshed(t) {
  const jane = await world.visitor(t, {
    client: { rotation: { graceSeconds: 60 } },
  });
  await jane.signIn();
  const before = await jane.page.evaluate(() => ({ ...localStorage }));
  const newest = await jane.page.evaluate(() => cs.refreshTokens());
  return { jane, before, newest, letGo: jane.hold("RevokeToken") };
}

describe("tabs", sideBySide(3), () => {
  // Of 2 and 20 tabs: tests/proof.
  for (const global of [false, true])
    test(`2 tabs sign out at once, ${global ? "global" : "local"}: each tells the truth and hears once`, async (t) =>
      signOutAtOnce(await world.visitor(t), 2, global));

  test("tabs that were overtaken tell what the first one came to", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn();
    const tabs = [jane.page, await jane.tab(), await jane.tab()];
    await allLoad(tabs);
    const { id } = jane.fault({
      operation: "RevokeToken",
      latencyMs: HANGS_MS,
      answer: { type: "ForbiddenException" },
    });
    const first = jane.signOut();
    await until(() => jane.calls.length, "its request is under way");
    for (const page of tabs.slice(1)) {
      // A tab that still saw the tokens would hold them itself.
      await until(
        async () => (await jane.keys(page)).length === 0,
        SHOWN_TO_OTHER_TABS,
      );
      await page.evaluate((timeoutMs) => {
        globalThis.kept = cs.signOut({ timeoutMs });
      }, PATIENT_MS);
    }
    world.control.removeFault(id);
    const results = [await first];
    for (const page of tabs.slice(1))
      results.push(await page.evaluate(async () => show(await kept)));
    for (const result of results) {
      assert.equal(result.status, "partial", JSON.stringify(result));
      assert.equal(result.wasSignedIn, true);
      assert.equal(result.revokeTokenError.error.code, "service");
    }
    // Only the tab that held the token can hand it on.
    assert.deepEqual(
      results.map((result) => result.hidden.refreshToken),
      ["string", "undefined", "undefined"],
    );
    assert.deepEqual(jane.calls, ["(RevokeToken)"]);
  });

  test("a tab of another client, or of another user in its own storage, stays silent", async (t) => {
    const jane = await world.visitor(t, { config: { storage: "session" } });
    const tokens = await jane.signIn();
    const other = await jane.tab();
    const john = await world.visitor(t, { path: "" });
    const johns = world.control.addSession({
      username: john.username,
      clientId: jane.clientId,
    });
    await jane.store(johns, undefined, other);
    await jane.signOut({ global: true });
    assert.deepEqual(jane.areValid(tokens), OVER);
    await delivered(jane, [other]);
    assert.deepEqual(await jane.heard(other), []);
    assert.equal(await loads(other), true);
    assert.deepEqual(jane.areValid(johns), LIVE);
  });

  test("a tab whose engine starts late hears of the sign-out before it; one that opens later has nothing to hear", async (t) => {
    const jane = await world.visitor(t, { configure: false });
    await configure(jane);
    await jane.signIn();
    const late = await jane.tab();
    assert.equal((await jane.signOut()).status, "complete");
    const later = await jane.tab();
    await configure(jane, late);
    await until(async () => (await jane.heard(late)).length, "it is heard");
    // Twice is once: React runs effects twice.
    await configure(jane, late);
    await configure(jane, later);
    assert.equal(await loads(later), false);
    assert.deepEqual(await jane.heard(late), [OTHER_TAB]);
    assert.deepEqual(await jane.heard(later), []);
  });

  test("a tab whose engine starts late, where somebody else is signed in by then, has nothing to hear", async (t) => {
    const jane = await world.visitor(t, { configure: false });
    await configure(jane);
    await jane.signIn();
    const late = await jane.tab();
    assert.equal((await jane.signOut()).status, "complete");
    const { accessToken } = await jane.signIn();
    await until(
      () =>
        late.evaluate(
          (token) => Object.values(localStorage).includes(token),
          accessToken,
        ),
      SHOWN_TO_OTHER_TABS,
    );
    await configure(jane, late);
    assert.equal(await loads(late), true);
    assert.deepEqual(await jane.heard(late), []);
  });

  for (const storage of ["session", "memory"])
    test(`copies of the session in other tabs go too: ${storage}`, async (t) => {
      const jane = await world.visitor(t, { config: { storage } });
      const tokens = await jane.signIn();
      let copy;
      if (storage === "session" && can("openWindows")) {
        // A tab that a tab opens starts with a copy of its sessionStorage.
        copy = await jane.opened(() =>
          jane.page.evaluate(() => void window.open("/")),
        );
        await copy.waitForFunction(() => globalThis.ready);
      } else {
        copy = await jane.tab();
        await jane.store(tokens, undefined, copy);
      }
      assert.equal(await loads(copy), true);
      assert.equal((await jane.signOut()).status, "complete");
      await until(
        async () => (await jane.heard(copy)).length,
        "the copy's tab hears it",
      );
      assert.deepEqual(await jane.heard(copy), [OTHER_TAB]);
      assert.equal(await loads(copy), false);
      assert.deepEqual(await jane.keys(copy), []);
      // And it is not stored again.
      const error = await copy.evaluate(
        ({ accessToken, refreshToken }) =>
          rejection(cs.storeTokens({ accessToken, refreshToken })),
        tokens,
      );
      assert.equal(error.code, "tokenRevoked");
    });

  test("after a global sign-out the same user's older sessions in other tabs go too; after a local one they stay", async (t) => {
    const jane = await world.visitor(t, { config: { storage: "session" } });
    const other = await jane.tab();
    const older = await jane.signIn(undefined, other);
    // The server's clock, in the answer's header, has seconds.
    const began = Math.ceil(Date.now() / 1000);
    await until(() => Date.now() / 1000 > began, "another second begins");
    await jane.signIn();
    await jane.signOut();
    await delivered(jane, [other]);
    assert.equal(await loads(other), true);
    assert.deepEqual(await jane.heard(other), []);
    assert.deepEqual(jane.areValid(older), LIVE);

    await jane.signIn();
    await jane.signOut({ global: true });
    assert.deepEqual(jane.areValid(older), OVER);
    await until(
      async () => (await jane.heard(other)).length,
      "the other tab hears it",
    );
    assert.deepEqual(await jane.heard(other), [{ ...OTHER_TAB, global: true }]);
    assert.equal(await loads(other), false);
  });

  test("signed in again by the hosted UI's own session, after a global sign-out in another tab: left alone", async (t) => {
    const jane = await world.visitor(t, { config: { storage: "session" } });
    await jane.signInByHostedUI();
    const other = await jane.tab();
    // The server's clock, in the answer's header, has seconds.
    const began = Math.ceil(Date.now() / 1000);
    await until(() => Date.now() / 1000 > began, "another second begins");
    const letGo = jane.hold("RevokeToken");
    await jane.page.evaluate((timeoutMs) => {
      const options = { global: true, hostedUI: "none", timeoutMs };
      globalThis.kept = cs.signOut(/** @type {any} */ (options));
    }, PATIENT_MS);
    await until(
      () => jane.requests.some(({ operation }) => operation === "RevokeToken"),
      "all of the user's sessions have ended",
    );
    // Nobody is asked: its tokens say that the user signed in when the ended session began.
    const fresh = await jane.signInAgainByHostedUI(other);
    letGo();
    assert.equal((await jane.result()).status, "complete");
    await delivered(jane, [other]);
    assert.equal(await loads(other), true);
    assert.deepEqual(await jane.heard(other), []);
    assert.deepEqual(jane.areValid(fresh), LIVE);
  });

  test("isSigningOut is true in another tab while the promise is pending", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn();
    const other = await jane.tab();
    const bare = await jane.tab("");
    await bare.goto(`${jane.origin}/blank`);
    const isSigningOut = () => other.evaluate(() => cs.isSigningOut());
    assert.equal(await isSigningOut(), false);
    jane.fault({ operation: "RevokeToken", silence: true });
    void jane.signOut().catch(() => {});
    await until(isSigningOut, "the other tab sees it");
    // Needs no module: this copy has none yet.
    await bare.evaluate(async (config) => {
      // @ts-expect-error the server's copy
      globalThis.kept = await import("/package/index.js");
      void globalThis.kept.configure(config);
    }, jane.config);
    await until(
      () => bare.evaluate(() => globalThis.kept.isSigningOut()),
      SHOWN_TO_OTHER_TABS,
    );
  });

  test("isSigningOut is false again in every tab once it settled, and after a failure", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn();
    const other = await jane.tab();
    const isOver = (page = jane.page) =>
      page.evaluate(() => !cs.isSigningOut());
    await jane.signOut();
    assert.equal(await isOver(), true);
    await until(() => isOver(other), "it is over in the other tab");
    await jane.signIn();
    await jane.page.evaluate(() => {
      Storage.prototype.removeItem = () => {};
    });
    assert.equal((await jane.signOut()).status, "failed");
    assert.equal(await isOver(), true);
    await until(() => isOver(other), "it is over in the other tab");
  });

  test("a new sign-in right after the sign-out is left alone, in this tab and in others", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn();
    const other = await jane.tab();
    const fresh = jane.session();
    const stored = await jane.page.evaluate(
      async ({ accessToken, idToken, refreshToken }) => {
        const running = cs.signOut();
        // Before the sign-out has settled.
        await cs.storeTokens({ accessToken, idToken, refreshToken });
        return show(await running);
      },
      fresh,
    );
    assert.equal(stored.status, "complete");
    await sleep(READ_BACK_MS);
    for (const page of [jane.page, other, await jane.tab()])
      assert.equal(await loads(page), true);
    assert.deepEqual(jane.areValid(fresh), LIVE);
    assert.deepEqual(jane.calls, ["RevokeToken"]);
  });

  test("a foreign writer brings the same session back: it goes again, and the newest token is revoked", async (t) => {
    const jane = await world.visitor(t, {
      client: { rotation: { graceSeconds: 60 } },
    });
    const tokens = await jane.signIn();
    // What Amplify's own refresh in flight would write.
    const renewed = await jane.page.evaluate(async () => {
      const before = { ...localStorage };
      const tokens = await cs.refreshTokens();
      globalThis.kept = { ...localStorage };
      for (const [key, value] of Object.entries(before))
        localStorage.setItem(key, value);
      return tokens;
    });
    assert.ok(renewed.refreshToken !== tokens.refreshToken);
    // The answer to the first revocation is lost before it ran.
    jane.fault({
      operation: "RevokeToken",
      times: 1,
      answer: { type: "ForbiddenException" },
    });
    const seen = await jane.page.evaluate(async () => {
      const { status } = await cs.signOut();
      for (const [key, value] of Object.entries(globalThis.kept))
        if (key.startsWith("Cognito")) localStorage.setItem(key, value);
      const isBack = Object.keys(localStorage).some((key) =>
        key.startsWith("Cognito"),
      );
      return { status, isBack };
    });
    assert.deepEqual(seen, { status: "partial", isBack: true });
    await until(
      async () => (await jane.keys()).length === 0,
      "the session goes again",
    );
    await until(
      () => !world.control.isTokenValid(renewed.refreshToken ?? ""),
      "the newest token is revoked",
    );
  });

  test("written back while the request is under way: removed before it settles, and the newest token is revoked", async (t) => {
    const { jane, before, newest, letGo } = await refreshed(t);
    await jane.page.evaluate(([before, timeoutMs]) => {
      const after = { ...localStorage };
      Object.assign(localStorage, before);
      globalThis.kept = cs.signOut({ timeoutMs });
      // What a refresh in flight of another library would write.
      for (const [key, value] of Object.entries(after))
        if (key.startsWith("Cognito")) localStorage.setItem(key, value);
    }, /** @type {const} */ ([before, PATIENT_MS]));
    letGo();
    const result = await jane.result();
    assert.equal(result.status, "complete", JSON.stringify(result));
    const { reason } = result.steps.find(
      (/** @type {any} */ { step }) => step === "readBack",
    );
    assert.equal(reason, "the session had been written back");
    assert.deepEqual(await jane.keys(), []);
    assert.equal(world.control.isTokenValid(newest.refreshToken ?? ""), false);
  });

  test("written back, and a second call joins: gone when that returns, and the newest token is revoked", async (t) => {
    const { jane, before, newest, letGo } = await refreshed(t);
    const seen = await jane.page.evaluate(([before, timeoutMs]) => {
      const ofCognito = () =>
        Object.entries(localStorage).filter(([key]) =>
          key.startsWith("Cognito"),
        );
      const after = Object.fromEntries(ofCognito());
      Object.assign(localStorage, before);
      const first = cs.signOut({ timeoutMs });
      // What a refresh in flight of another library would write.
      Object.assign(localStorage, after);
      const isBack = ofCognito().length > 0;
      globalThis.kept = Promise.all([first, cs.signOut({ timeoutMs })]);
      return { isBack, left: ofCognito() };
    }, /** @type {const} */ ([before, PATIENT_MS]));
    assert.deepEqual(seen, { isBack: true, left: [] });
    letGo();
    const results = await jane.page.evaluate(async () =>
      (await kept).map(show),
    );
    for (const result of results)
      assert.equal(result.status, "complete", JSON.stringify(result));
    assert.deepEqual(await jane.keys(), []);
    assert.equal(world.control.isTokenValid(newest.refreshToken ?? ""), false);
  });

  for (const look of /** @type {const} */ ([
    "loadTokens",
    "takeSignOutResult",
    "configure",
  ]))
    test(`written back after the end: ${look} removes it`, async (t) => {
      const jane = await world.visitor(t);
      await jane.signIn();
      const left = await jane.page.evaluate(async ([look, config]) => {
        const stored = Object.entries({ ...localStorage });
        await cs.signOut({ timeoutMs: 60_000 });
        for (const [key, value] of stored)
          if (key.startsWith("Cognito")) localStorage.setItem(key, value);
        const found =
          look === "configure" ? await cs.configure(config) : await cs[look]();
        return [
          found ?? null,
          Object.keys(localStorage).filter((key) => key.startsWith("Cognito")),
        ];
      }, /** @type {const} */ ([look, jane.config]));
      assert.deepEqual(left, [null, []]);
    });

  test("written back when nobody looks: the next start removes it, and revokes it", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn();
    const stored = await jane.page.evaluate(() => ({ ...localStorage }));
    jane.fault({
      operation: "RevokeToken",
      times: 1,
      answer: { type: "ForbiddenException" },
    });
    await jane.signOut();
    await jane.page.goto(`${jane.origin}/blank`);
    await jane.page.evaluate((stored) => {
      for (const [key, value] of Object.entries(stored))
        if (key.startsWith("Cognito")) localStorage.setItem(key, value);
    }, stored);
    assert.ok((await jane.keys()).length > 0);
    await jane.go("/");
    assert.equal(await loads(jane.page), false);
    assert.deepEqual(await jane.keys(), []);
    await until(
      () => !world.control.isTokenValid(tokens.refreshToken),
      "it is revoked",
    );
  });

  test("a refresh stores the new tokens; of the session that has ended none is stored again", async (t) => {
    const jane = await world.visitor(t, {
      client: { rotation: { graceSeconds: 60 } },
    });
    const tokens = await jane.signIn();
    const fresh = await jane.page.evaluate(() => cs.refreshTokens());
    assert.notEqual(fresh.refreshToken, tokens.refreshToken);
    assert.deepEqual(await jane.page.evaluate(() => cs.loadTokens()), fresh);
    assert.equal((await jane.signOut()).status, "complete");
    assert.equal(world.control.isTokenValid(fresh.refreshToken ?? ""), false);
    // It is known by its origin, not by the token.
    for (const { accessToken, refreshToken } of [tokens, fresh]) {
      const error = await jane.page.evaluate(
        (tokens) => rejection(cs.storeTokens(/** @type {any} */ (tokens))),
        { accessToken, refreshToken },
      );
      assert.equal(error.code, "tokenRevoked");
    }
    const refused = await jane.page.evaluate(() =>
      rejection(cs.refreshTokens()),
    );
    assert.equal(refused.code, "invalidState");
    assert.deepEqual(await jane.keys(), []);
    await jane.signIn();
    assert.equal(await loads(jane.page), true);
  });

  test("without origin_jti: a new sign-in is never taken for the ended one, and the ended one never comes back", async (t) => {
    const jane = await world.visitor(t, { client: { tokenRevocation: false } });
    const ended = await jane.signIn();
    const result = await jane.signOut();
    assert.equal(result.status, "partial");
    assert.equal(result.revokeTokenError.error.code, "revocationDisabled");
    assert.deepEqual(jane.calls, []);
    const error = await jane.page.evaluate(
      ({ accessToken, idToken, refreshToken }) =>
        rejection(cs.storeTokens({ accessToken, idToken, refreshToken })),
      ended,
    );
    assert.equal(error.code, "tokenRevoked");
    await jane.signIn();
    await sleep(READ_BACK_MS);
    assert.equal(await loads(jane.page), true);
    await jane.go("/");
    assert.equal(await loads(jane.page), true);
  });
});

/**
 * A refresh that has run at the server, and whose answer is under way until `letGo()`.
 * @param {Visitor} jane
 * @param {Page} page
 */
async function refreshUnderWay(jane, page) {
  const letGo = jane.hold("GetTokensFromRefreshToken", "after");
  const refreshing = page.evaluate(() => rejection(cs.refreshTokens()));
  await until(
    () => jane.calls.includes("GetTokensFromRefreshToken"),
    "the refresh reached the server",
  );
  return { letGo, refreshing };
}

describe("refresh", sideBySide(3), () => {
  for (const where of ["the same tab", "another tab"])
    for (const rotation of [false, true])
      test(`a refresh in flight in ${where} brings nothing back${rotation ? ", with rotation" : ""}`, async (t) => {
        const jane = await world.visitor(t, {
          client: { rotation: rotation && { graceSeconds: 60 } },
        });
        const tokens = await jane.signIn();
        const other = where === "another tab" ? await jane.tab() : jane.page;
        const { letGo, refreshing } = await refreshUnderWay(jane, other);
        const result = await jane.signOut();
        assert.equal(result.status, "complete", JSON.stringify(result));
        letGo();
        const error = await refreshing;
        assert.equal(error.code, "invalidState");
        for (const page of [jane.page, other]) {
          assert.equal(await loads(page), false);
          assert.deepEqual(await jane.keys(page), []);
        }
        const [session] = world.control.sessions({ clientId: jane.clientId });
        assert.equal(session?.revoked, "RevokeToken");
        assert.deepEqual(jane.areValid(tokens), OVER);
        await sleep(READ_BACK_MS);
        assert.deepEqual(await jane.keys(), []);
      });

  test("a refresh in flight does not bring back what another program has removed", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn();
    const other = await jane.tab();
    const { letGo, refreshing } = await refreshUnderWay(jane, jane.page);
    await other.evaluate(() => {
      for (const key of Object.keys(localStorage))
        if (key.startsWith("CognitoIdentityServiceProvider."))
          localStorage.removeItem(key);
    });
    await until(
      async () => (await jane.keys()).length === 0,
      "this tab sees that they are gone",
    );
    letGo();
    assert.equal((await refreshing).code, "invalidState");
    assert.deepEqual(await jane.keys(), []);
  });

  test("a refresh after the sign-out began: invalidState, no request", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn();
    const letGo = jane.hold("RevokeToken");
    const code = await jane.page.evaluate(async (timeoutMs) => {
      globalThis.kept = cs.signOut({ timeoutMs });
      return (await rejection(cs.refreshTokens())).code;
    }, PATIENT_MS);
    assert.equal(code, "invalidState");
    letGo();
    const status = () => jane.page.evaluate(async () => (await kept).status);
    assert.equal(await status(), "complete");
    assert.deepEqual(jane.calls, ["RevokeToken"]);
  });

  test("one refresh at a time over all tabs, with rotation", async (t) => {
    const jane = await world.visitor(t, {
      client: { rotation: { graceSeconds: 0 } },
    });
    await jane.signIn();
    const tabs = [jane.page, await jane.tab(), await jane.tab()];
    await allLoad(tabs);
    const letGo = jane.hold("GetTokensFromRefreshToken");
    for (const page of tabs)
      await page.evaluate(() => void (globalThis.kept = cs.refreshTokens()));
    await until(() => jane.calls.length, "one asks");
    letGo();
    /** @type {import("cognito-signout").Tokens[]} */
    const tokens = [];
    for (const page of tabs)
      tokens.push(await page.evaluate(() => globalThis.kept));
    assert.deepEqual(jane.calls, ["GetTokensFromRefreshToken"]);
    assert.equal(new Set(tokens.map((each) => each.accessToken)).size, 1);
    const newest = (await jane.page.evaluate(() => cs.loadTokens()))
      ?.refreshToken;
    assert.equal(world.control.isTokenValid(newest ?? ""), true);
    assert.equal((await jane.signOut()).status, "complete");
    assert.equal(world.control.isTokenValid(newest ?? ""), false);
  });

  test("a dead refresh token: tokenRevoked, and the session stays stored", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn();
    world.control.endSession(tokens.sessionId);
    const error = await jane.page.evaluate(() => rejection(cs.refreshTokens()));
    assert.equal(error.code, "tokenRevoked");
    assert.equal(await loads(jane.page), true);
    // What is dead already is revoked.
    assert.equal((await jane.signOut()).status, "complete");
  });

  test("parity 17: the device key survives sign-out and sign-in, and the refresh needs it", async (t) => {
    for (const alias of [undefined, "jane.alias@example.com"]) {
      const jane = await world.visitor(t, { client: { devices: "always" } });
      const tokens = jane.session({ rememberedDevice: true });
      assert.ok(tokens.deviceKey);
      const name = alias ?? jane.username;
      const key = `CognitoIdentityServiceProvider.${jane.clientId}.${name}`;
      const device = {
        [`${key}.deviceKey`]: tokens.deviceKey,
        [`${key}.deviceGroupKey`]: "group",
        [`${key}.randomPasswordKey`]: "random",
      };
      const { accessToken, refreshToken } = tokens;
      await jane.page.evaluate(
        async ({ device, tokens }) => {
          await cs.storeTokens(tokens);
          for (const [key, value] of Object.entries(device))
            localStorage.setItem(key, value);
          await cs.refreshTokens();
        },
        { device, tokens: { accessToken, refreshToken, username: alias } },
      );
      assert.equal((await jane.signOut()).status, "complete");
      const left = () =>
        jane.page.evaluate(
          (keys) =>
            Object.fromEntries(
              keys.map((key) => [key, localStorage.getItem(key)]),
            ),
          Object.keys(device),
        );
      assert.deepEqual(await left(), device);
      assert.equal((await jane.keys()).length, 3);
      const next = jane.session();
      await jane.page.evaluate((tokens) => cs.storeTokens(tokens), {
        accessToken: next.accessToken,
        refreshToken: next.refreshToken,
        username: alias,
      });
      assert.deepEqual(await left(), device);
      await jane.leave();
    }
  });

  test("parity 18: a sign-out races 100 token fetches: every later one says signed out", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn();
    const seen = await jane.page.evaluate(async () => {
      const before = Array.from({ length: 50 }, () => cs.loadTokens());
      const running = cs.signOut();
      const after = Array.from({ length: 50 }, () => cs.loadTokens());
      const later = await Promise.all(after);
      await Promise.all(before);
      return {
        status: (await running).status,
        later: later.filter(Boolean).length,
        last: await cs.loadTokens(),
      };
    });
    assert.deepEqual(seen, { status: "complete", later: 0, last: null });
  });

  test("parity 19: 50 concurrent sign-outs: all say signedOutLocally, one request goes out", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn();
    const seen = await jane.page.evaluate(async () => {
      const results = await Promise.all(
        Array.from({ length: 50 }, () => cs.signOut()),
      );
      return results.map((result) => [
        result.status,
        result.signedOutLocally,
        "wasSignedIn" in result && result.wasSignedIn,
      ]);
    });
    assert.deepEqual(
      seen,
      Array.from({ length: 50 }, () => ["complete", true, true]),
    );
    assert.deepEqual(jane.calls, ["RevokeToken"]);
    assert.equal((await jane.heard()).length, 1);
    assert.deepEqual(jane.areValid(tokens), OVER);
  });
});

/** The result of a call that found nobody signed in. */
const SIGNED_OUT = { status: "complete", wasSignedIn: false };

/** @param {any} result */
const brief = ({ status, wasSignedIn, revokeTokenError }) => ({
  status,
  wasSignedIn,
  ...(revokeTokenError && { code: revokeTokenError.error.code }),
});

describe("an earlier sign-out", sideBySide(3), () => {
  for (const how of ["failed", "succeeded"])
    test(`an own one that ${how}, and a reload: signed out already, no old error, nobody is told`, async (t) => {
      const jane = await world.visitor(t);
      await jane.signIn();
      if (how === "failed")
        jane.fault({
          operation: "RevokeToken",
          answer: { type: "ForbiddenException" },
        });
      const first = await jane.signOut();
      assert.equal(
        first.status,
        how === "failed" ? "partial" : "complete",
        JSON.stringify(first),
      );
      jane.clearCalls();
      await jane.page.reload();
      await jane.page.waitForFunction(() => globalThis.ready);
      assert.deepEqual(brief(await jane.signOut()), SIGNED_OUT);
      // Also if the same document asks once more.
      assert.deepEqual(brief(await jane.signOut()), SIGNED_OUT);
      assert.deepEqual(jane.calls, []);
      assert.deepEqual(await jane.heard(), []);
    });

  test("an own one that left for the hosted UI: on the page after, and after its reload, signed out already", async (t) => {
    const jane = await world.visitor(t);
    await jane.signInByHostedUI();
    await jane.page.evaluate(() => {
      globalThis.ready = false;
      setTimeout(() => void cs.signOut());
    });
    await jane.page.waitForFunction(() => globalThis.ready);
    assert.deepEqual(
      brief(await jane.signOut({ hostedUI: "none" })),
      SIGNED_OUT,
    );
    await jane.page.reload();
    await jane.page.waitForFunction(() => globalThis.ready);
    assert.deepEqual(
      brief(await jane.signOut({ hostedUI: "none" })),
      SIGNED_OUT,
    );
    assert.deepEqual(await jane.heard(), []);
  });

  test("another tab's that had settled, then a new tab: signed out already", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn();
    jane.fault({
      operation: "RevokeToken",
      answer: { type: "ForbiddenException" },
    });
    assert.equal((await jane.signOut()).status, "partial");
    const later = await jane.tab();
    assert.deepEqual(brief(await jane.signOut({}, later)), SIGNED_OUT);
    assert.deepEqual(await jane.heard(later), []);
  });

  test("another tab's that still runs when a tab is opened is followed", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn();
    const { id } = jane.fault({
      operation: "RevokeToken",
      latencyMs: HANGS_MS,
      answer: { type: "ForbiddenException" },
    });
    const first = jane.signOut();
    await until(() => jane.calls.length, "its request is under way");
    const later = await jane.tab();
    const follows = jane.signOut({}, later);
    world.control.removeFault(id);
    const want = { status: "partial", wasSignedIn: true, code: "service" };
    assert.deepEqual(brief(await first), want);
    assert.deepEqual(brief(await follows), want);
  });

  test("an own one that still ran at the reload: nobody will learn what came of it, and it says so at once", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn();
    jane.fault({ operation: "RevokeToken", silence: true });
    void jane.signOut().catch(() => {});
    await until(() => jane.calls.length, "its request is under way");
    await jane.page.reload();
    await jane.page.waitForFunction(() => globalThis.ready);
    // No promise is pending any more.
    assert.equal(await jane.page.evaluate(() => cs.isSigningOut()), false);
    const result = await jane.signOut();
    assert.deepEqual(brief(result), {
      status: "partial",
      wasSignedIn: true,
      code: "unconfirmed",
    });
    assert.deepEqual(jane.calls, ["(RevokeToken)"]);
  });

  test("a tab that had read the session is overtaken, however long ago the other one signed out", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn();
    const other = await jane.tab();
    await allLoad([other]);
    jane.fault({
      operation: "RevokeToken",
      answer: { type: "ForbiddenException" },
    });
    await jane.signOut();
    await delivered(jane, [other]);
    // A minute ago, by this tab's clock.
    await other.evaluate(() => {
      const { now } = Date;
      Date.now = () => now() + 60_000;
    });
    assert.deepEqual(brief(await jane.signOut({}, other)), {
      status: "partial",
      wasSignedIn: true,
      code: "service",
    });
  });
});

describe("many users", sideBySide(2), () => {
  for (const count of [9, 31, 32, 40])
    test(`${count} stored users: other tabs hear of the current one's end, and a refresh in flight brings it not back`, async (t) => {
      const jane = await world.visitor(t, {
        client: { rotation: { graceSeconds: 60 } },
      });
      const all = [];
      for (let n = 1; n <= count; n++) {
        const username = `${n}.of.${jane.username}`;
        if (n < count)
          world.control.addUser({ username, password: "Passw0rd!" });
        const tokens = world.control.addSession({
          username: n < count ? username : jane.username,
          clientId: jane.clientId,
        });
        await jane.store(tokens);
        all.push(tokens);
      }
      const current = all.at(-1);
      const other = await jane.tab();
      await allLoad([other]);
      const { letGo, refreshing } = await refreshUnderWay(jane, other);
      const result = await jane.signOut();
      assert.equal(result.status, "complete", JSON.stringify(result));
      await delivered(jane, [other]);
      assert.deepEqual(await jane.heard(other), [OTHER_TAB]);
      letGo();
      // On a busy machine the five seconds of a refresh may be over before.
      const { code } = await refreshing;
      assert.ok(["invalidState", "timeout"].includes(code), code);
      for (const tokens of all) assert.deepEqual(jane.areValid(tokens), OVER);
      for (const page of [jane.page, other]) {
        assert.equal(await loads(page), false);
        assert.deepEqual(await jane.keys(page), []);
      }
      // What a library without this package writes back is ended by the next start.
      assert.ok(current);
      const error = await other.evaluate(
        ({ accessToken, refreshToken }) =>
          rejection(cs.storeTokens({ accessToken, refreshToken })),
        current,
      );
      assert.equal(error.code, "tokenRevoked");
    });
});
