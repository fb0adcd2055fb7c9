// What one feature must not do to another: a popup and a plain call at the same time, a client that is configured again or disposed of while the
// page leaves, a window that is opened meanwhile.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { LOGOUT_STAYS, countLooks, isSeen } from "./lib/popup.mjs";
import { leftWell, ready, sideBySide, until, useWorld } from "./lib/world.mjs";

const world = useWorld();

const REFUSED = {
  operation: "RevokeToken",
  answer: { type: "NotAuthorizedException", message: "no" },
};

/** The page gets `inline()`, which makes a new storage object each time, as a component that renders does. */
const inline = () => {
  Object.assign(globalThis, {
    inline: () => ({
      getItem: (/** @type {string} */ key) => localStorage.getItem(key),
      setItem: (/** @type {string} */ key, /** @type {string} */ value) =>
        localStorage.setItem(key, value),
      removeItem: (/** @type {string} */ key) => localStorage.removeItem(key),
      keys: () => Object.keys(localStorage),
    }),
  });
};

/** @typedef {import("./lib/world.mjs").Visitor} Visitor */

/** @param {Visitor} jane */
const take = (jane) =>
  jane.page.evaluate(async () => show(await cs.takeSignOutResult()));

/**
 * Signs out in a popup, in a click; the popup.
 * @param {Visitor} jane
 */
async function openPopup(jane) {
  await jane.page.evaluate(() => {
    const button = document.createElement("button");
    button.onclick = () => {
      globalThis.kept = cs.signOut({ hostedUI: "popup" });
    };
    button.textContent = "Sign out";
    document.body.replaceChildren(button);
  });
  const opened = jane.context.waitForEvent("page");
  await jane.page.click("button");
  const popup = await opened;
  await popup.waitForURL(/logout/);
  return popup;
}

describe("between features", sideBySide(2, 5), () => {
  test("an app that prevents our navigation, then an address typed: unconfirmed", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn({ origin: "hostedUI" });
    await jane.page.evaluate(() => {
      const page = /** @type {any} */ (globalThis);
      page.navigation.addEventListener(
        "navigate",
        (/** @type {Event} */ event) => page.pass || event.preventDefault(),
      );
      void cs.signOut({ hostedUI: "redirect" });
    });
    await until(() => jane.calls.includes("RevokeToken"), "it is revoked");
    await sleep(1500);
    await jane.page.evaluate(() => Object.assign(globalThis, { pass: true }));
    await jane.go("/");
    const result = await take(jane);
    assert.equal(result.hostedUIError.error.code, "unconfirmed");
    assert.ok(!jane.calls.includes("/logout"));
  });

  test("a plain call beside an open popup clears at once; a popup that is closed then is no way back", async (t) => {
    const jane = await world.visitor(t, { init: countLooks });
    const tokens = await jane.signIn({ origin: "hostedUI" });
    jane.fault(LOGOUT_STAYS);
    const popup = await openPopup(jane);
    const plain = await jane.page.evaluate(async () => {
      const running = cs.signOut({ hostedUI: "none", timeoutMs: 60_000 });
      const names = Object.keys(localStorage);
      const there = names.some((name) => name.endsWith(".refreshToken"));
      return { there, result: show(await running) };
    });
    assert.equal(plain.there, false);
    assert.equal(plain.result.status, "complete");
    assert.deepEqual(jane.areValid(tokens), { access: false, refresh: false });
    await isSeen(jane.page);
    await popup.close();
    const first = await jane.page.evaluate(async () => show(await kept));
    assert.equal(first.status, "partial");
    assert.equal(first.hostedUIError.error.code, "userCancelled");
    assert.equal(first.wasSignedIn, true);
  });

  test("a plain call beside a popup has its own signal", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn({ origin: "hostedUI" });
    jane.fault(LOGOUT_STAYS);
    jane.hold("RevokeToken");
    await openPopup(jane);
    const result = await jane.page.evaluate(async () => {
      const controller = new AbortController();
      const { signal } = controller;
      const running = cs.signOut({ hostedUI: "none", signal });
      controller.abort();
      return show(await running);
    });
    assert.equal(result.status, "partial");
    assert.equal(result.revokeTokenError.error.code, "aborted");
  });

  for (const [what, isInline] of /** @type {const} */ ([
    ["a storage object made anew", true],
    ["the same storage as an object", false],
  ]))
    test(`configured anew during a sign-out with ${what}: the next call is told what came of the first`, async (t) => {
      const jane = await world.visitor(t, { init: inline });
      await jane.signIn();
      jane.fault(REFUSED);
      const seen = await jane.page.evaluate(async (isInline) => {
        /** @type {string[]} */
        const told = [];
        cs.onSignedOut(({ reason }) => told.push(reason));
        const first = cs.signOut({ hostedUI: "none" });
        const storage = isInline
          ? /** @type {any} */ (globalThis).inline()
          : localStorage;
        await cs.configure({ ...setup?.config, storage });
        const second = cs.signOut({ hostedUI: "none", timeoutMs: 60_000 });
        return [show(await first), show(await second), told];
      }, isInline);
      for (const result of seen.slice(0, 2)) {
        assert.equal(result.status, "partial");
        assert.equal(result.wasSignedIn, true);
        assert.equal(result.revokeTokenError.error.code, "notAuthorized");
      }
      assert.deepEqual(seen[2], ["signOut"]);
    });

  test("configured anew with storage objects made anew: another tab's sign-out is told once", async (t) => {
    const jane = await world.visitor(t, { init: inline });
    await jane.signIn();
    const other = await jane.tab();
    await until(
      () => other.evaluate(async () => !!(await cs.loadTokens())),
      "it sees the session",
    );
    await other.evaluate(async () => {
      await cs.configure({
        ...setup?.config,
        storage: /** @type {any} */ (globalThis).inline(),
      });
      await cs.loadTokens();
    });
    await jane.signOut();
    await until(async () => (await jane.heard(other)).length, "it hears of it");
    await other.evaluate(async () => {
      for (let i = 0; i < 3; i++)
        await cs.configure({
          ...setup?.config,
          storage: /** @type {any} */ (globalThis).inline(),
        });
    });
    assert.equal((await jane.heard(other)).length, 1);
  });

  test("a client whose storage is localStorage is no other tab of the default client", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn();
    const told = await jane.page.evaluate(async () => {
      /** @type {string[]} */
      const told = [];
      const config = setup?.config;
      const client = cs.createClient({ ...config, storage: localStorage });
      client.onSignedOut(({ reason }) => told.push(reason));
      await client.loadTokens();
      await cs.signOut({ hostedUI: "none" });
      await client.loadTokens();
      return told;
    });
    assert.deepEqual(told, ["signOut"]);
  });

  for (const what of /** @type {const} */ ([
    "configured anew",
    "disposed of",
    "configured anew with a storage object",
  ]))
    test(`${what} while the page leaves by the app's navigate: complete`, async (t) => {
      const jane = await world.visitor(t, { init: inline, path: "/page" });
      await jane.signIn({ origin: "hostedUI" });
      const letGo = jane.hold("/logout");
      await jane.page.evaluate(() => {
        Object.assign(globalThis, { own: cs.createClient(setup?.config) });
      });
      // The page can't be asked any more once it is on its way.
      await jane.page.evaluate((what) => {
        const page = /** @type {any} */ (globalThis);
        const isDisposed = what === "disposed of";
        const client = isDisposed ? page.own : cs;
        const act = () => {
          if (isDisposed) return client.dispose();
          const more =
            what === "configured anew"
              ? { logger: console }
              : { storage: page.inline() };
          void cs.configure({ ...setup?.config, ...more });
        };
        const leave = async () => {
          await client.signOut({
            hostedUI: "redirect",
            navigate: (/** @type {string} */ url) => location.assign(url),
          });
          setTimeout(act, 2500);
        };
        setTimeout(() => void leave());
      }, what);
      await until(
        () =>
          jane.calls.includes("(/logout)") ||
          jane.requests.some(({ operation }) => operation === "/logout"),
        "the hosted UI is asked",
      );
      await sleep(3500);
      letGo();
      await jane.page.waitForURL(`${jane.origin}/`);
      await ready(jane.page);
      leftWell(await take(jane));
    });

  test("a tab that follows another one's redirect gets the logout URL: the hosted UI's session may live on", async (t) => {
    const jane = await world.visitor(t);
    await jane.signInByHostedUI();
    const other = await jane.tab();
    await until(
      () => other.evaluate(async () => !!(await cs.loadTokens())),
      "it sees the session",
    );
    jane.fault(LOGOUT_STAYS);
    const letGo = jane.hold("RevokeToken");
    await jane.page.evaluate(() => {
      setTimeout(() => void cs.signOut({ hostedUI: "redirect" }));
    });
    await until(
      () => other.evaluate(async () => !(await cs.loadTokens())),
      "the session is gone",
    );
    const following = jane.signOut({}, other);
    letGo();
    const result = await following;
    assert.equal(result.hostedUIError, undefined);
    assert.match(result.logoutUrl, /\/logout\?/);
  });

  test("a window that is opened while the page leaves has nothing to take", async (t) => {
    const jane = await world.visitor(t, { path: "/page" });
    await jane.signIn({ origin: "hostedUI" });
    const letGo = jane.hold("/logout");
    const opened = jane.context.waitForEvent("page");
    await jane.page.evaluate(() => {
      void cs.signOut({ hostedUI: "redirect", appState: { of: "this tab" } });
      const page = /** @type {any} */ (globalThis);
      page.navigation.addEventListener("navigate", () =>
        setTimeout(() => window.open("/", "_blank"), 500),
      );
    });
    const child = await opened;
    await ready(child);
    assert.equal(
      await child.evaluate(async () => show(await cs.takeSignOutResult())),
      null,
    );
    assert.equal(await child.evaluate(() => cs.isSigningOut()), true);
    letGo();
    await jane.page.waitForURL(`${jane.origin}/`);
    await ready(jane.page);
    const result = await take(jane);
    leftWell(result);
    assert.deepEqual(result.appState, { of: "this tab" });
  });
});
