// Several cookies of one name: of other paths, of other domains, partitioned ones. All are revoked, all are removed.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { sideBySide, useWorld } from "./lib/world.mjs";

const world = useWorld();

/** @import { Visitor } from "./lib/world.mjs" */

const PATH = "/shop/cart/item";

/**
 * A visitor at a host with parent domains, which is a secure context all the same.
 * @param {import("node:test").TestContext} t
 * @param {Record<string, unknown>} [config]
 */
async function atShop(t, config) {
  const origin = world.origin.replace("localhost", "eu.shop.localhost");
  return world.visitor(t, {
    origin,
    path: PATH,
    config: { storage: "cookie", ...config },
  });
}

/**
 * Writes a session as cookies with these attributes, as some library or server did.
 * @param {Visitor} jane
 * @param {string} attributes
 */
async function plant(jane, attributes) {
  const { accessToken, idToken, refreshToken } = jane.session();
  const tokens = { accessToken, idToken, refreshToken };
  const set = await jane.page.evaluate(
    ({ clientId, username, tokens, attributes }) => {
      const prefix = `CognitoIdentityServiceProvider.${clientId}.`;
      const name = encodeURIComponent(username);
      const before = document.cookie.split("; ").length;
      document.cookie = `${prefix}LastAuthUser=${name}; ${attributes}`;
      for (const [what, token] of Object.entries(tokens))
        document.cookie = `${prefix}${name}.${what}=${token}; ${attributes}`;
      return document.cookie.split("; ").length - before;
    },
    { clientId: jane.clientId, username: jane.username, tokens, attributes },
  );
  assert.ok(set >= 3, `the browser takes cookies with "${attributes}"`);
  return tokens;
}

/** The cookies of the client, whatever page they are for. @param {Visitor} jane */
const left = async (jane) =>
  (await jane.context.cookies())
    .filter(({ name }) => name.includes(jane.clientId))
    .map(({ name, domain, path }) => `${name} ${domain} ${path}`);

/**
 * From here on the page's browser ignores what a script writes to cookies, where it is like this.
 * @param {Visitor} jane
 * @param {RegExp} refused
 */
async function refuseCookies(jane, refused) {
  await jane.page.evaluate((source) => {
    const refused = new RegExp(source, "i");
    const { get, set } = /** @type {any} */ (
      Object.getOwnPropertyDescriptor(Document.prototype, "cookie")
    );
    Object.defineProperty(document, "cookie", {
      get,
      set(/** @type {string} */ text) {
        if (!refused.test(text)) set.call(this, text);
      },
    });
  }, refused.source);
}

describe("cookies", sideBySide(4), () => {
  for (const [
    what,
    config,
    ...all
  ] of /** @type {[string, any, ...string[]][]} */ ([
    [
      "host-only and of the domain",
      {},
      "path=/",
      "path=/; domain=eu.shop.localhost",
    ],
    [
      "host-only and of the parent domain",
      {},
      "path=/",
      "path=/; domain=shop.localhost",
    ],
    [
      "of the configured domain, and host-only",
      { cookie: { domain: "shop.localhost" } },
      "path=/; domain=shop.localhost; secure",
      "path=/; domain=.eu.shop.localhost",
      "path=/",
    ],
    ["of two paths", {}, "path=/", "path=/shop"],
    [
      "of every path that the page sees, with and without a slash at its end",
      { cookie: { path: "/shop" } },
      "path=/",
      "path=/shop",
      "path=/shop/",
      "path=/shop/cart",
      "path=/shop/cart/",
      `path=${PATH}`,
    ],
    [
      "of a path and a parent domain",
      {},
      "path=/shop; domain=shop.localhost; secure; samesite=none",
    ],
    [
      "partitioned and not",
      {},
      "path=/; secure; samesite=none; partitioned",
      "path=/shop; secure; partitioned; domain=shop.localhost",
      "path=/",
    ],
  ]))
    test(`${what}: all revoked, none left`, async (t) => {
      const jane = await atShop(t, config);
      const sessions = [];
      for (const attributes of all)
        sessions.push(await plant(jane, attributes));
      const { status, wasSignedIn } = await jane.signOut();
      assert.deepEqual(await left(jane), []);
      assert.deepEqual(
        { status, wasSignedIn },
        { status: "complete", wasSignedIn: true },
      );
      for (const { refreshToken } of sessions)
        assert.equal(jane.control.isTokenValid(refreshToken), false);
      assert.equal(
        jane.calls.filter((call) => call === "RevokeToken").length,
        sessions.length,
      );
    });

  test("gone when signOut() returns", async (t) => {
    const jane = await atShop(t);
    await plant(jane, "path=/");
    await plant(jane, "path=/shop; domain=shop.localhost");
    const seen = await jane.page.evaluate((clientId) => {
      globalThis.kept = cs.signOut();
      return document.cookie.includes(clientId);
    }, jane.clientId);
    assert.equal(seen, false);
    assert.equal(
      (await jane.page.evaluate(() => globalThis.kept)).status,
      "complete",
    );
  });

  test("a page of plain HTTP, where no cookie is secure", async (t) => {
    const jane = await atShop(t);
    const first = await plant(jane, "path=/shop");
    // As there, no cookie that says "secure" is taken.
    await refuseCookies(jane, /; *secure/);
    assert.equal((await jane.signOut()).status, "complete");
    assert.deepEqual(await left(jane), []);
    assert.equal(jane.control.isTokenValid(first.refreshToken), false);
  });

  test("one that can't be removed is in the result, and every token that is not revoked", async (t) => {
    const jane = await atShop(t);
    const sessions = [
      await plant(jane, "path=/"),
      await plant(jane, "path=/shop"),
    ];
    const other = await world.visitor(t, { path: "" });
    const stranger = other.session();
    await refuseCookies(jane, /path=\/shop(;|$)/);
    jane.fault({ operation: "RevokeToken", drop: true });
    const seen = await jane.page.evaluate(async () => {
      /** @type {any} */
      const result = await cs.signOut();
      const { error, revokeTokenError } = result;
      return {
        status: result.status,
        code: error?.code,
        tokens: [
          revokeTokenError?.refreshToken,
          ...(revokeTokenError?.others ?? []),
        ],
        json: JSON.stringify(result),
      };
    });
    assert.equal(seen.status, "failed");
    assert.equal(seen.code, "storage");
    assert.deepEqual(
      seen.tokens.sort(),
      sessions.map(({ refreshToken }) => refreshToken).sort(),
    );
    for (const { refreshToken, accessToken } of [...sessions, stranger])
      assert.ok(
        !seen.json.includes(refreshToken) && !seen.json.includes(accessToken),
      );
  });

  test("a new session beside one that was ended: it stays", async (t) => {
    const jane = await atShop(t);
    const old = await plant(jane, "path=/shop");
    const before = (await jane.context.cookies()).filter(({ name }) =>
      name.includes(jane.clientId),
    );
    assert.equal((await jane.signOut()).status, "complete");
    // A response of the server's brings the old one back, after the user has signed in again.
    const fresh = await plant(jane, "path=/");
    await jane.context.addCookies(before);
    const loaded = await jane.page.evaluate(async () => {
      const tokens = await cs.loadTokens();
      return tokens?.refreshToken;
    });
    assert.equal(loaded, fresh.refreshToken);
    await jane.go(PATH);
    const later = await jane.page.evaluate(
      async () => (await cs.loadTokens())?.refreshToken,
    );
    assert.equal(later, fresh.refreshToken);
    assert.equal(jane.control.isTokenValid(fresh.refreshToken), true);
    assert.equal(jane.control.isTokenValid(old.refreshToken), false);
  });
});
