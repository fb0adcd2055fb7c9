// oidc-client-ts and react-oidc-context sign in at the hosted UI; cognito-signout signs out.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  HANGS_MS,
  SHOWN_TO_OTHER_TABS,
  leftWell,
  until,
} from "../e2e/lib/world.mjs";
import {
  assertAllEnded,
  enterPassword,
  leaveAndReturn,
  namesLeft,
  oidcSettings,
  useInterop,
} from "./lib/interop.mjs";

/**
 * @import { Page } from "playwright-core"
 * @import { Visitor } from "../e2e/lib/world.mjs"
 */

describe("oidc-client-ts", { concurrency: 2, timeout: HANGS_MS * 4 }, () => {
  const world = useInterop("oidc");

  test("as it is, in sessionStorage: the hosted UI is ended too", async (t) => {
    const jane = await world.visitor(t, { config: oidcSettings });
    // A sign-in that is never finished leaves its state.
    await leaveToSignIn(jane);
    await jane.go("/");
    const [unfinished] = await namesLeft(jane.page);
    assert.match(unfinished ?? "", /^local:oidc\.[0-9a-f]{32}$/);
    const tokens = await signIn(jane);

    const returned = await leaveAndReturn(jane, { global: true });
    leftWell(returned);
    assert.equal(returned.wasSignedIn, true);
    assert.equal(jane.page.url(), `${jane.origin}/signed-out`);
    assert.equal(await whoIsIn(jane.page), null);
    assert.deepEqual(await namesLeft(jane.page), []);
    await assertAllEnded(jane, tokens);
    assert.equal(await jane.isAskedForPassword(), true);
    await signIn(jane);
    assert.equal(await whoIsIn(jane.page), jane.username);
  });

  test("with a store and a prefix of its own: at once, in every tab", async (t) => {
    const given = { store: "local", prefix: "mine." };
    const jane = await world.visitor(t, { config: oidcSettings, given });
    const tokens = await signIn(jane);
    const other = await jane.tab();
    await until(
      async () => (await whoIsIn(other)) === jane.username,
      SHOWN_TO_OTHER_TABS,
    );
    assert.match((await namesLeft(jane.page)).join(), /^local:mine\.user:/);

    const atOnce = await jane.page.evaluate(async () => {
      globalThis.kept = cs.signOut({ hostedUI: "none" });
      const name = await oidc.whoIsIn();
      return { name, status: (await kept).status };
    });
    assert.deepEqual(atOnce, { name: null, status: "complete" });
    await until(
      async () => (await whoIsIn(other)) === null,
      SHOWN_TO_OTHER_TABS,
    );
    assert.deepEqual(await namesLeft(jane.page), []);
    await assertAllEnded(jane, tokens);
    await jane.go("/");
    assert.equal(await whoIsIn(jane.page), null);
  });

  test("connected, in memory: its events tell, and an app that answers them by signing out goes round in no circle", async (t) => {
    const given = { store: "memory", connect: true };
    const jane = await world.visitor(t, { config: oidcSettings, given });
    const tokens = await signIn(jane);
    await jane.page.evaluate(() => {
      const { events, settings } = oidc.manager;
      events.addUserUnloaded(() => void cs.signOut({ hostedUI: "none" }));
      // What goes wrong in it keeps nobody signed in.
      settings.userStore.remove = () => Promise.reject(new Error("full"));
    });

    const result = await jane.signOut({ hostedUI: "none", global: true });
    assert.equal(result.status, "complete");
    const told = async () => (await jane.heard()).length === 2;
    await until(told, "the app signs out once more");
    await jane.signOut({ hostedUI: "none" });
    assert.equal((await jane.heard()).length, 3);
    assert.deepEqual(await said(jane.page), ["loaded", "unloaded"]);
    assert.equal(await whoIsIn(jane.page), null);
    await assertAllEnded(jane, tokens);
  });

  for (const [what, given] of Object.entries({
    "a StateStore of the app's own": { stateStore: "database" },
    "a store derived from the library's, which codes what it keeps": {
      stateStore: "coded",
    },
    "a WebStorageStateStore over an asynchronous storage": {
      store: "asynchronous",
    },
  }))
    test(`in ${what}: revoked, removed, read back`, async (t) => {
      const jane = await world.visitor(t, { config: oidcSettings, given });
      await leaveToSignIn(jane);
      await jane.go("/");
      const tokens = await signIn(jane);
      assert.notDeepEqual(await allKept(jane.page), []);

      const result = await jane.signOut({ hostedUI: "none" });
      assert.equal(result.status, "complete");
      assert.equal(result.wasSignedIn, true);
      assert.equal(await whoIsIn(jane.page), null);
      // A sign-in that was never finished has left its state, which goes too.
      assert.deepEqual(await allKept(jane.page), []);
      await assertAllEnded(jane, tokens);
      const again = await jane.signOut({ hostedUI: "none" });
      assert.equal(again.wasSignedIn, false);
    });

  test("a StateStore for sign-ins under way alone: the user is out at once, and they go too", async (t) => {
    const given = { stateStore: "database", stateOnly: true };
    const jane = await world.visitor(t, { config: oidcSettings, given });
    await leaveToSignIn(jane);
    await jane.go("/");
    const tokens = await signIn(jane);
    const inDatabase = () => jane.page.evaluate(() => oidc.keysInDatabase());
    assert.equal((await inDatabase()).length, 1);
    const atOnce = await jane.page.evaluate(async () => {
      globalThis.kept = cs.signOut({ hostedUI: "none" });
      const left = Object.keys(sessionStorage).join();
      return { left, status: (await kept).status };
    });
    assert.doesNotMatch(atOnce.left, /oidc\.user/);
    assert.equal(atOnce.status, "complete");
    await until(
      async () => (await inDatabase()).length === 0,
      "the state is removed",
    );
    await assertAllEnded(jane, tokens);
  });

  test("a StateStore that lacks a function is refused, by its name", async (t) => {
    const jane = await world.visitor(t, { config: oidcSettings });
    for (const name of ["userStore", "stateStore"]) {
      const error = await jane.page.evaluate((name) => {
        const { getAllKeys: _, ...lacking } = {
          get: async () => null,
          set: async () => {},
          remove: async () => null,
          getAllKeys: async () => [],
        };
        const { config } = globalThis.setup ?? {};
        return rejection(cs.configure({ ...config, [name]: lacking }));
      }, name);
      assert.equal(error?.code, "configuration");
      assert.match(error.message, new RegExp(`^${name}: .*getAllKeys`));
    }
  });

  test("the record is under the hosted UI's address: found by what the tokens say", async (t) => {
    /** @param {Visitor} visitor @param {string} authority @param {object} more */
    const under = (visitor, authority, more) => {
      const { cognito } = visitor.world;
      return {
        ...oidcSettings(visitor),
        authority,
        metadata: {
          issuer: cognito.issuer,
          authorization_endpoint: `${cognito.origin}/oauth2/authorize`,
          token_endpoint: `${cognito.origin}/oauth2/token`,
          jwks_uri: `${cognito.issuer}/.well-known/jwks.json`,
        },
        ...more,
      };
    };
    const { origin, userPoolId } = world.cognito;
    for (const authority of [origin, `${origin}/`, `${origin}/realm`]) {
      const jane = await world.visitor(t, {
        config: (/** @type {Visitor} */ visitor) =>
          under(visitor, authority, { userPoolId, userPoolEndpoint: origin }),
      });
      const tokens = await signIn(jane);
      // Another pool's, and another client's, stay.
      const others = await jane.page.evaluate(
        ([authority, id]) => {
          const payload = btoa(
            '{"iss":"https://other.example/us-east-1_Other"}',
          );
          const foreign = `{"access_token":"e30.${payload}.c2ln","refresh_token":"r"}`;
          const names = [
            `oidc.user:https://other.example/:${id}`,
            `oidc.user:${authority}:another`,
          ];
          for (const name of names) sessionStorage.setItem(name, foreign);
          return names;
        },
        [authority, jane.clientId],
      );
      const result = await jane.signOut({ hostedUI: "none" });
      assert.equal(result.status, "complete", JSON.stringify(result));
      assert.equal(result.wasSignedIn, true);
      assert.equal(await whoIsIn(jane.page), null);
      assert.deepEqual(
        await namesLeft(jane.page),
        others.map((name) => `session:${name}`).sort(),
      );
      await assertAllEnded(jane, tokens);
    }

    // Nothing says where to revoke: the user is signed out here, and the result says what is missing.
    const joe = await world.visitor(t, {
      config: (/** @type {Visitor} */ visitor) => under(visitor, origin, {}),
    });
    const tokens = await signIn(joe);
    joe.clearCalls();
    const result = await joe.signOut({ hostedUI: "none" });
    assert.equal(result.status, "partial");
    assert.equal(result.revokeTokenError.error.code, "configuration");
    assert.match(result.revokeTokenError.error.message, /^userPoolId: /);
    assert.equal(result.hidden.refreshToken, "string");
    assert.equal(await whoIsIn(joe.page), null);
    assert.equal(joe.control.isTokenValid(String(tokens[1])), true);
    assert.deepEqual(joe.calls, []);

    // The tokens name the pool, as Cognito's own do: AWS's host of its region is asked.
    const { accessToken, refreshToken } = joe.session({ origin: "hostedUI" });
    const [head, payload = "", signature] = accessToken.split(".");
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
    claims.iss = `https://cognito-idp.us-east-1.amazonaws.com/${userPoolId}`;
    const named = Buffer.from(JSON.stringify(claims)).toString("base64url");
    const record = {
      access_token: [head, named, signature].join("."),
      refresh_token: refreshToken,
    };
    await joe.page.evaluate(
      ([key, value]) => sessionStorage.setItem(key, value),
      /** @type {const} */ ([
        `oidc.user:${origin}:${joe.clientId}`,
        JSON.stringify(record),
      ]),
    );
    const second = await joe.signOut({ hostedUI: "none" });
    assert.equal(second.status, "complete", JSON.stringify(second));
    assert.deepEqual(joe.calls, ["RevokeToken"]);
    assert.equal(joe.control.isTokenValid(refreshToken), false);
  });

  test("a renewal that outlasts the sign-out brings nobody back", async (t) => {
    const given = { react: "manager", connect: true };
    const jane = await world.visitor(t, { config: oidcSettings, given });
    const tokens = await signIn(jane);
    await shows(jane.page, jane.username);
    /** @type {() => void} */
    let release = () => {};
    const released = new Promise((resolve) => {
      release = () => resolve(undefined);
    });
    /** @type {() => void} */
    let answered = () => {};
    const held = new Promise((resolve) => {
      answered = () => resolve(undefined);
    });
    await jane.page.route("**/oauth2/token", async (route) => {
      const response = await route.fetch();
      answered();
      await released;
      await route.fulfill({ response });
    });
    await jane.page.evaluate(() => {
      oidc.said.length = 0;
      void oidc.manager.signinSilent();
    });
    await held;
    const { status } = await jane.signOut({ hostedUI: "none" });
    assert.equal(status, "complete");
    await shows(jane.page, "nobody");

    release();
    await jane.page.waitForFunction(
      () => oidc.said.join() === "unloaded,loaded,unloaded",
    );
    await shows(jane.page, "nobody");
    assert.equal(await whoIsIn(jane.page), null);
    assert.deepEqual(await namesLeft(jane.page), []);
    await assertAllEnded(jane, tokens);
  });

  test("react-oidc-context, connected by useAuth(): nobody is in, in two tabs, without a reload", async (t) => {
    const given = { react: "settings", store: "local" };
    const jane = await world.visitor(t, { config: oidcSettings, given });
    await jane.page.click("text=nobody");
    await enterPassword(jane);
    await shows(jane.page, jane.username);
    const tokens = await jane.page.evaluate(() => oidc.tokens());
    const other = await jane.tab();
    await shows(other, jane.username);
    // The package there has started too: only a session that it has read is known to be ended.
    assert.ok(await other.evaluate(() => cs.loadTokens()));

    const { status } = await jane.signOut({ hostedUI: "none" });
    assert.equal(status, "complete");
    await shows(jane.page, "nobody");
    await shows(other, "nobody");
    assert.deepEqual(await namesLeft(jane.page), []);
    await assertAllEnded(jane, tokens);
    await jane.go("/");
    await shows(jane.page, "nobody");
    // The hosted UI was left alone: it asks for no password.
    await jane.page.click("text=nobody");
    await shows(jane.page, jane.username);

    leftWell(await leaveAndReturn(jane));
    await shows(jane.page, "nobody");
    assert.deepEqual(await namesLeft(jane.page), []);
    assert.equal(await jane.isAskedForPassword(), true);
  });
});

/** @param {Visitor} visitor */
async function leaveToSignIn({ page }) {
  await page.evaluate(() => void oidc.manager.signinRedirect());
  await page.waitForSelector("[name=password]");
}

/**
 * Signs in with PKCE, the library's own way.
 * @param {Visitor} visitor
 * @returns {Promise<(string | undefined)[]>} the access and the refresh token
 */
async function signIn(visitor) {
  await leaveToSignIn(visitor);
  await enterPassword(visitor);
  await until(() => whoIsIn(visitor.page), "the library takes the code");
  return visitor.page.evaluate(() => oidc.tokens());
}

/** @param {Page} page */
const whoIsIn = (page) => page.evaluate(() => oidc.whoIsIn());

/** All that is kept, the app's own database included. @param {Page} page */
const allKept = async (page) => [
  ...(await namesLeft(page)),
  ...(await page.evaluate(() => oidc.keysInDatabase())),
];

/** @param {Page} page */
const said = (page) => page.evaluate(() => oidc.said);

/**
 * Waits until the React app shows this user.
 * @param {Page} page
 * @param {string} name
 */
const shows = (page, name) =>
  page.waitForSelector(`button:text-is(${JSON.stringify(name)})`);
