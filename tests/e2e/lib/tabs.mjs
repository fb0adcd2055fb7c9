// What the tests of several tabs share.
import assert from "node:assert/strict";
import { OVER, SHOWN_TO_OTHER_TABS, until } from "./visitor.mjs";

/** What a tab hears of a local sign-out in another one. */
export const OTHER_TAB = {
  reason: "otherTab",
  global: false,
  redirecting: false,
};

/** @param {import("playwright-core").Page} page */
export const loads = (page) =>
  page.evaluate(async () => !!(await cs.loadTokens()));

/** Waits until each tab has the session. @param {import("playwright-core").Page[]} tabs */
export const allLoad = (tabs) =>
  Promise.all(
    tabs.map((page) => until(() => loads(page), SHOWN_TO_OTHER_TABS)),
  );

/**
 * All tabs of a visitor sign out at once: each tells the truth and hears once.
 * @param {import("./world.mjs").Visitor} jane
 * @param {number} count
 * @param {boolean} global
 */
export async function signOutAtOnce(jane, count, global) {
  const tokens = await jane.signIn();
  const tabs = [jane.page];
  while (tabs.length < count) tabs.push(await jane.tab());
  await allLoad(tabs);
  const results = await Promise.all(
    tabs.map((page) => jane.signOut({ global }, page)),
  );
  for (const { status, globalSignOutError, ...result } of results) {
    // Browsers show one process what another stored only a moment later, so that several tabs may find the session:
    // Cognito tells the second that its access token has ended.
    if (globalSignOutError) {
      assert.equal(status, "partial");
      assert.equal(globalSignOutError.error.code, "tokenRevoked");
    } else assert.equal(status, "complete", JSON.stringify(result));
    assert.equal(result.revokeTokenError, undefined);
    assert.equal(result.signedOutLocally, true);
    assert.equal(result.wasSignedIn, true);
  }
  assert.ok(results.some(({ status }) => status === "complete"));
  assert.deepEqual(jane.areValid(tokens), OVER);
  for (const page of tabs) {
    await until(async () => (await jane.heard(page)).length, "it is heard");
    const heard = await jane.heard(page);
    assert.equal(heard.length, 1, JSON.stringify(heard));
    assert.equal(heard[0]?.global, global);
    assert.equal(await loads(page), false);
  }
}

/**
 * Waits until all that a tab has said so far has come to others: storage events and messages keep their order.
 * @param {import("./world.mjs").Visitor} visitor
 * @param {import("playwright-core").Page[]} others
 */
export async function delivered({ clientId, page }, others) {
  const name = `cognito-signout.${clientId}.tabs`;
  for (const other of others)
    await other.evaluate((name) => {
      const ways = new Set();
      globalThis.kept = ways;
      addEventListener("storage", ({ key }) => {
        if (key === "last") ways.add(key);
      });
      // The same client as the package's, so it can't be read as a mark.
      new BroadcastChannel(name).onmessage = ({ data }) => {
        if (data === "last") ways.add("message");
      };
    }, name);
  await page.evaluate((name) => {
    localStorage.setItem("last", String(Math.random()));
    const channel = new BroadcastChannel(name);
    channel.postMessage("last");
    channel.close();
  }, name);
  for (const other of others)
    await other.waitForFunction(() => globalThis.kept.size === 2);
}
