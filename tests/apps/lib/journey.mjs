// What each app has to do in a real browser: sign in, sign out, and leave nothing behind, here and at Cognito.
import assert from "node:assert/strict";
import { PASSWORD, until } from "../../e2e/lib/world.mjs";

/**
 * @import { Page } from "playwright-core"
 * @import { Visitor, World } from "../../e2e/lib/world.mjs"
 */

/** What the browser complained of. @param {Page} page */
export function complaints(page) {
  /** @type {string[]} */
  const seen = [];
  page.on("pageerror", (error) => seen.push(String(error)));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()))
      seen.push(message.text());
  });
  return seen;
}

/**
 * The tokens that the app has stored.
 * @param {Visitor} visitor
 * @param {Page} page
 */
export async function storedTokens({ clientId, username }, page) {
  const stored = await page.evaluate(() => ({ ...localStorage }));
  const read = (/** @type {string} */ name) => {
    const [, value = ""] =
      Object.entries(stored).find(
        ([key]) =>
          key.startsWith(`CognitoIdentityServiceProvider.${clientId}.`) &&
          key.endsWith(`.${name}`),
      ) ?? [];
    assert.notEqual(value, "", `${username}'s ${name} is stored`);
    return value;
  };
  return {
    accessToken: read("accessToken"),
    refreshToken: read("refreshToken"),
  };
}

/**
 * Signs in and out of an app whose page has a form, a button `#sign-out` and an `output`.
 * @param {World} world
 * @param {Parameters<World["visitor"]>[0]} t the test
 * @param {string} url
 * @param {{ before?: (page: Page) => Promise<void>, between?: (page: Page) => Promise<void>, after?: (page: Page, visitor: Visitor) => Promise<void>, tells?: (page: Page) => Promise<void> }} [options]
 *   what to look at when the page has come, when the user has signed in, and when they have signed out; and how the page tells that all is
 *   done, if not by its `output`
 */
export async function signInAndOut(world, t, url, options) {
  const jane = await world.visitor(t, {
    origin: new URL(url).origin,
    path: "",
  });
  const { page } = jane;
  const seen = complaints(page);
  await page.goto(url);
  await walk(jane, page, options);
  assert.deepEqual(seen, []);
}

/**
 * The same, in a page that is there already.
 * @param {Visitor} jane
 * @param {Page} page
 * @param {Parameters<typeof signInAndOut>[3]} [options]
 */
export async function walk(jane, page, { before, between, after, tells } = {}) {
  const says = (/** @type {string} */ text) =>
    page.locator("output", { hasText: text }).waitFor();
  await says("nobody is signed in");
  await before?.(page);
  await page.fill("[name=username]", jane.username);
  await page.fill("[name=password]", PASSWORD);
  await page.click("form button");
  await says(`signed in as ${jane.username}`);
  const tokens = await storedTokens(jane, page);
  await between?.(page);
  assert.deepEqual(jane.areValid(tokens), { access: true, refresh: true });

  jane.clearCalls();
  await page.click("#sign-out");
  await (tells ? tells(page) : says("signed out: complete"));
  assert.deepEqual(await jane.keys(page), []);
  assert.deepEqual(jane.calls, ["GlobalSignOut", "RevokeToken"]);
  await until(
    () => !jane.control.isTokenValid(tokens.refreshToken),
    "the refresh token is revoked",
  );
  assert.deepEqual(jane.areValid(tokens), { access: false, refresh: false });
  await after?.(page, jane);
}
