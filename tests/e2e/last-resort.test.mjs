// Where neither WebAssembly nor the engine as JavaScript can be had: the last resort, which the face has without an engine.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ready, sideBySide, until, useWorld } from "./lib/world.mjs";

/** @import { NewTokens } from "cognito-signout-dev" */

const world = useWorld();

/** What Cognito answers when it is out of order, and when it does not take a token. */
const BROKEN = { type: "InternalErrorException" };

/**
 * A visitor on a page without any engine; other pages of the same app have it.
 * @param {{ after: (end: () => Promise<void>) => void }} t the test
 * @param {Record<string, unknown>} [config]
 */
const stranded = (t, config = {}) =>
  world.visitor(t, { path: "/no-wasm/", missing: /fallback/, config });

/**
 * Stores a session as Amplify does.
 * @param {import("./lib/world.mjs").Visitor} jane
 * @param {NewTokens} tokens
 * @param {"localStorage" | "sessionStorage"} [where]
 */
async function put(jane, { accessToken, idToken, refreshToken }, where) {
  await jane.page.evaluate(
    ({ where, prefix, tokens }) => {
      const storage = globalThis[where];
      storage.setItem(`${prefix}LastAuthUser`, "jane");
      for (const [name, token] of Object.entries(tokens))
        storage.setItem(`${prefix}jane.${name}`, token);
    },
    {
      where: where ?? "localStorage",
      prefix: `CognitoIdentityServiceProvider.${jane.clientId}.`,
      tokens: { accessToken, idToken, refreshToken },
    },
  );
}

/** @param {import("./lib/world.mjs").Visitor} jane */
const cameFromHostedUI = (jane) =>
  jane.page.evaluate(
    (key) => localStorage.setItem(key, "true,false"),
    `CognitoIdentityServiceProvider.${jane.clientId}.oauthSignIn`,
  );

describe("no engine at all", sideBySide(4), () => {
  test("cookies of one name, of other paths and domains: all revoked, none left", async (t) => {
    const origin = world.origin.replace("localhost", "eu.shop.localhost");
    const jane = await world.visitor(t, {
      origin,
      path: "/no-wasm/deep/page",
      missing: /fallback/,
      config: { storage: "cookie" },
    });
    const sessions = [
      "path=/",
      "path=/; domain=shop.localhost",
      "path=/no-wasm",
      "path=/no-wasm/deep/; secure; samesite=none; partitioned",
    ].map((attributes) => {
      const { accessToken, refreshToken } = jane.session();
      return { attributes, tokens: { accessToken, refreshToken } };
    });
    const result = await jane.page.evaluate(async ([clientId, sessions]) => {
      const prefix = `CognitoIdentityServiceProvider.${clientId}.`;
      for (const { attributes, tokens } of sessions) {
        document.cookie = `${prefix}LastAuthUser=jane; ${attributes}`;
        for (const [name, token] of Object.entries(tokens))
          document.cookie = `${prefix}jane.${name}=${token}; ${attributes}`;
      }
      return show(await cs.signOut({ timeoutMs: 60_000 }));
    }, /** @type {const} */ ([jane.clientId, sessions]));
    assert.deepEqual(
      (await jane.context.cookies()).filter(({ name }) =>
        name.includes(jane.clientId),
      ),
      [],
    );
    assert.equal(result.status, "complete");
    for (const { tokens } of sessions)
      assert.equal(jane.control.isTokenValid(tokens.refreshToken), false);
  });

  test("this user's keys go, the others' and the device's stay, the session is revoked", async (t) => {
    const jane = await stranded(t);
    const { accessToken, idToken, refreshToken } = jane.session();
    const prefix = `CognitoIdentityServiceProvider.${jane.clientId}.`;
    const stays = {
      [`${prefix}jane.deviceKey`]: "device",
      [`${prefix}joe.refreshToken`]: "joe's",
      [`${prefix}AuthUserList`]: "joe",
    };
    await jane.page.evaluate(
      (entries) => {
        for (const [key, value] of Object.entries(entries))
          localStorage.setItem(key, value);
      },
      {
        ...stays,
        [`${prefix}AuthUserList`]: "jane,joe",
        [`${prefix}LastAuthUser`]: "jane",
        [`${prefix}jane.accessToken`]: accessToken,
        [`${prefix}jane.idToken`]: idToken,
        [`${prefix}jane.refreshToken`]: refreshToken,
        [`${prefix}inflightOAuth`]: "true",
        "amplify-signin-with-hostedUI": "false",
      },
    );
    const result = await jane.signOut();
    assert.equal(result.status, "complete");
    assert.equal(result.wasSignedIn, true);
    assert.deepEqual(jane.calls, ["RevokeToken"]);
    assert.equal(world.control.isTokenValid(refreshToken), false);
    const { [`cognito-signout.${jane.clientId}.ended`]: mark, ...left } =
      await jane.page.evaluate(() => ({ ...localStorage }));
    assert.deepEqual(left, stays);
    for (const token of [accessToken, idToken, refreshToken])
      assert.ok(!mark?.includes(token));
  });

  test("all sessions are revoked or told of, and an aborted signal leaves them alone", async (t) => {
    const jane = await stranded(t);
    const tokens = [jane.session(), jane.session(), jane.session()].map(
      ({ refreshToken }) => refreshToken,
    );
    jane.fault({
      operation: "RevokeToken",
      times: 1,
      answer: { type: "ForbiddenException" },
    });
    const seen = await jane.page.evaluate(
      async ({ prefix, tokens }) => {
        tokens.forEach((token, i) =>
          localStorage.setItem(`${prefix}user${i}.refreshToken`, token),
        );
        localStorage.setItem(`${prefix}LastAuthUser`, "user1");
        const aborted = show(await cs.signOut({ signal: AbortSignal.abort() }));
        const kept = localStorage.getItem(`${prefix}LastAuthUser`);
        /** @type {any} */
        const result = await cs.signOut();
        const { refreshToken, others } = result.revokeTokenError;
        return {
          aborted: [aborted.status, aborted.error.code, kept],
          told: [refreshToken, ...others].map((each) => tokens.indexOf(each)),
          again: (await result.retry()).status,
        };
      },
      { prefix: `CognitoIdentityServiceProvider.${jane.clientId}.`, tokens },
    );
    assert.deepEqual(seen.aborted, ["failed", "aborted", "user1"]);
    assert.equal(seen.told[0], 1);
    assert.deepEqual(seen.told.sort(), [0, 1, 2]);
    assert.equal(seen.again, "complete");
    assert.deepEqual(
      tokens.map((token) => world.control.isTokenValid(token)),
      [false, false, false],
    );
  });

  test("cookies go too, and the browser leaves for the hosted UI", async (t) => {
    const jane = await stranded(t, { storage: "cookie" });
    const { accessToken, refreshToken } = jane.session({
      origin: "hostedUI",
    });
    await jane.page.evaluate(
      ({ prefix, accessToken, refreshToken }) => {
        const entries = {
          [`${prefix}LastAuthUser`]: "j d",
          [`${prefix}oauthSignIn`]: "true,false",
          [`${prefix}j d.accessToken`]: accessToken,
          [`${prefix}j d.refreshToken`]: refreshToken,
        };
        for (const [key, value] of Object.entries(entries))
          document.cookie = `${encodeURIComponent(key)}=${value}; path=/`;
        void cs.signOut();
      },
      {
        prefix: `CognitoIdentityServiceProvider.${jane.clientId}.`,
        accessToken,
        refreshToken,
      },
    );
    // By the contract's rule: the first one, since none shares a path with this page.
    await jane.page.waitForURL(`${jane.origin}/`);
    assert.equal(
      await jane.page.evaluate(() => document.cookie.includes("Cognito")),
      false,
    );
    assert.equal(world.control.isTokenValid(refreshToken), false);
  });

  test("other tabs know that it is signing out, and hear of it once", async (t) => {
    const jane = await stranded(t);
    const tokens = jane.session();
    await put(jane, tokens);
    const other = await jane.tab();
    await until(
      () => other.evaluate(() => cs.loadTokens()),
      "the other tab has read the session",
    );
    const letGo = jane.hold("RevokeToken");
    const result = jane.signOut();
    await until(
      async () => (await jane.heard(other)).length,
      "it is heard in the other tab",
    );
    const isSigningOut = (page = jane.page) =>
      page.evaluate(() => cs.isSigningOut());
    assert.deepEqual(
      [await isSigningOut(), await isSigningOut(other)],
      [true, true],
    );
    // The other tab is overtaken, and tells what this one comes to.
    const overtaken = jane.signOut({}, other);
    letGo();
    assert.equal((await result).status, "complete");
    const followed = await overtaken;
    assert.deepEqual(
      [followed.status, followed.wasSignedIn],
      ["complete", true],
    );
    await until(
      async () => !(await isSigningOut(other)),
      "the other tab hears that it is over",
    );
    assert.equal(await isSigningOut(), false);
    assert.deepEqual(await jane.heard(other), [
      { reason: "otherTab", global: false, redirecting: false },
    ]);
    assert.deepEqual(jane.calls, ["RevokeToken"]);
    // A refresh in flight that stores the session again brings it back for nobody.
    const again = await other.evaluate(
      ({ accessToken, refreshToken }) =>
        rejection(cs.storeTokens({ accessToken, refreshToken })),
      tokens,
    );
    assert.equal(again.code, "tokenRevoked");
  });

  test("other tabs drop their own copies of the session", async (t) => {
    const jane = await stranded(t, { storage: "session" });
    for (const global of [false, true]) {
      const other = await jane.tab();
      const tokens = await jane.signIn({}, other);
      await put(jane, tokens, "sessionStorage");
      const result = await jane.signOut({ global });
      assert.equal(result.status, global ? "partial" : "complete");
      await until(
        async () => (await jane.heard(other)).length,
        "it is heard in the other tab",
      );
      assert.deepEqual(await jane.heard(other), [
        { reason: "otherTab", global, redirecting: false },
      ]);
      assert.deepEqual(await jane.keys(other), []);
      assert.equal(world.control.isTokenValid(tokens.refreshToken), false);
    }
  });

  test("the page after the redirect has the result, and other tabs hear of the redirect", async (t) => {
    const jane = await stranded(t);
    const tokens = jane.session({ origin: "hostedUI" });
    await put(jane, tokens);
    await cameFromHostedUI(jane);
    const other = await jane.tab();
    await until(
      () => other.evaluate(() => cs.loadTokens()),
      "the other tab has read the session",
    );
    // The token that could not be revoked is no part of what is left behind.
    jane.fault({ operation: "RevokeToken", answer: BROKEN });
    await jane.page.evaluate(() => {
      void cs.signOut({ appState: { from: "here" } });
    });
    await jane.page.waitForURL(`${jane.origin}/`);
    await ready(jane.page);
    const { record, first, same, result } = await jane.page.evaluate(
      async (key) => {
        const record = sessionStorage.getItem(key) ?? "";
        const first = await cs.takeSignOutResult();
        const same = first === (await cs.takeSignOutResult());
        return { record, first: !!first, same, result: show(first) };
      },
      `cognito-signout.${jane.clientId}.result`,
    );
    assert.ok(record.includes("here"));
    assert.ok(!record.includes(tokens.refreshToken));
    assert.deepEqual([first, same], [true, true]);
    assert.equal(result.status, "partial");
    assert.equal(result.wasSignedIn, true);
    assert.equal(result.revokeTokenError.error.code, "moduleUnavailable");
    assert.equal(result.hostedUIError, undefined);
    assert.deepEqual(result.appState, { from: "here" });
    assert.ok(result.logoutUrl.startsWith(world.cognito.origin));
    assert.deepEqual(await jane.heard(other), [
      { reason: "otherTab", global: false, redirecting: true },
    ]);
    await until(
      () => other.evaluate(() => !cs.isSigningOut()),
      "the other tab hears of the return",
    );
  });

  test("a redirect that fails leaves no record, and the next call says what is left over", async (t) => {
    const jane = await stranded(t);
    await put(jane, jane.session({ origin: "hostedUI" }));
    await cameFromHostedUI(jane);
    const seen = await jane.page.evaluate(async () => {
      const { isSigningOut, signOut } = cs;
      /** @type {boolean | undefined} */
      let during;
      const result = await signOut({
        navigate: () => {
          during = isSigningOut();
          throw new Error("no way");
        },
      });
      return {
        during,
        after: isSigningOut(),
        result: show(result),
        left: Object.keys(sessionStorage),
      };
    });
    assert.deepEqual([seen.during, seen.after], [true, false]);
    assert.equal(seen.result.status, "partial");
    const { error, url } = seen.result.hostedUIError;
    assert.equal(error.code, "moduleUnavailable");
    assert.ok(url.startsWith(world.cognito.origin));
    assert.deepEqual(seen.left, []);
  });

  test("Amplify v5's flag of the hosted UI counts if somebody is signed in, and the session itself says nothing else", async (t) => {
    const jane = await stranded(t);
    const prefix = `CognitoIdentityServiceProvider.${jane.clientId}.`;
    /** Whether it leaves. @param {boolean} signedIn @param {string} [own] what the session says */
    const leaves = async (signedIn, own) => {
      if (signedIn) await put(jane, jane.session());
      return jane.page.evaluate(
        async ({ key, own }) => {
          localStorage.setItem("amplify-signin-with-hostedUI", "true");
          if (own) localStorage.setItem(key, own);
          let left = false;
          await cs.signOut({
            navigate: () => {
              left = true;
            },
          });
          return left;
        },
        { key: `${prefix}oauthSignIn`, own },
      );
    };
    assert.equal(await leaves(false), false);
    assert.equal(await leaves(true, "false,false"), false);
    assert.equal(await leaves(true), true);
  });

  test("a global sign-out revokes this session, and says that the others are not known to have ended", async (t) => {
    const jane = await stranded(t);
    const [here, elsewhere] = [jane.session(), jane.session()];
    await put(jane, here);
    const result = await jane.signOut({ global: true });
    assert.equal(result.status, "partial");
    assert.equal(result.globalSignOutError.error.code, "moduleUnavailable");
    // That one is known to be done.
    assert.equal(result.revokeTokenError, undefined);
    assert.deepEqual(jane.calls, ["RevokeToken"]);
    assert.deepEqual(
      [here, elsewhere].map(({ refreshToken }) =>
        world.control.isTokenValid(refreshToken),
      ),
      [false, true],
    );
  });

  test("a record of oidc-client-ts under its store's own prefix goes, and so does its sign-in under way", async (t) => {
    const jane = await world.visitor(t, {
      path: "/no-wasm/",
      missing: /fallback/,
      configure: false,
    });
    const { accessToken, idToken, refreshToken } = jane.session();
    const authority = `https://cognito-idp.us-east-1.amazonaws.com/${world.cognito.userPoolId}`;
    const user = {
      access_token: accessToken,
      id_token: idToken,
      refresh_token: refreshToken,
    };
    const others = `oidc.user:${authority}:another`;
    const seen = await jane.page.evaluate(
      async ({ config, user, others, key }) => {
        localStorage.setItem(key, JSON.stringify(user));
        localStorage.setItem(others, "{}");
        localStorage.setItem(
          "oidc.1",
          JSON.stringify({ client_id: config.client_id }),
        );
        localStorage.setItem(
          "oidc.2",
          JSON.stringify({ client_id: "another" }),
        );
        // As a WebStorageStateStore is.
        const userStore = { _store: localStorage, _prefix: "mine." };
        cs.configure({ ...config, userStore }).catch(() => {});
        const result = show(await cs.signOut({ hostedUI: "none" }));
        return { result, left: Object.keys(localStorage).sort() };
      },
      {
        config: {
          authority,
          client_id: jane.clientId,
          userPoolEndpoint: world.cognito.origin,
        },
        user,
        others,
        key: `mine.user:${authority}:${jane.clientId}`,
      },
    );
    assert.equal(seen.result.status, "complete");
    assert.equal(seen.result.wasSignedIn, true);
    assert.deepEqual(seen.left, [
      `cognito-signout.${jane.clientId}.ended`,
      "oidc.2",
      others,
    ]);
    assert.equal(world.control.isTokenValid(refreshToken), false);
  });

  /**
   * A visitor on a page without any engine, with a session stored, and all addresses that the page sends something to.
   * @param {import("node:test").TestContext} t
   * @param {(jane: import("./lib/world.mjs").Visitor) => unknown} config
   */
  async function watched(t, config) {
    const jane = await world.visitor(t, {
      path: "/no-wasm/",
      missing: /fallback/,
      config,
    });
    const tokens = jane.session();
    /** @type {string[]} */
    const sentTo = [];
    jane.page.on("request", (request) => {
      if (request.method() === "POST") sentTo.push(new URL(request.url()).host);
    });
    return { jane, tokens, sentTo };
  }

  test("Amplify v5's Auth.endpoint gets the token, and no other host", async (t) => {
    const { jane, tokens, sentTo } = await watched(t, ({ clientId }) => ({
      Auth: {
        userPoolId: world.cognito.userPoolId,
        userPoolWebClientId: clientId,
        endpoint: world.cognito.origin,
      },
    }));
    await put(jane, tokens);
    const result = await jane.signOut();
    assert.equal(result.status, "complete");
    assert.deepEqual(sentTo, [new URL(world.cognito.origin).host]);
    assert.equal(jane.areValid(tokens).refresh, false);
  });

  test("an authority on another host than Amazon's: the token is sent to nobody, and is in the result", async (t) => {
    const { jane, tokens, sentTo } = await watched(t, ({ clientId }) => ({
      authority: `https://issuer.example.com/${world.cognito.userPoolId}`,
      client_id: clientId,
    }));
    await put(jane, tokens, "sessionStorage");
    const seen = await jane.page.evaluate(async () => {
      /** @type {any} */
      const result = await cs.signOut({ hostedUI: "none" });
      const { error, refreshToken } = result.revokeTokenError;
      return { status: result.status, code: error.code, refreshToken };
    });
    assert.deepEqual(seen, {
      status: "partial",
      code: "moduleUnavailable",
      refreshToken: tokens.refreshToken,
    });
    assert.deepEqual(sentTo, []);
    assert.deepEqual(await jane.keys(), []);
  });

  for (const [what, hostedUI] of Object.entries({
    "by http": { domain: "http://auth.example.com" },
    "by http, with a name that begins like a loopback address": {
      domain: "http://127.example.com",
    },
    "by http, back to a host that begins like a loopback address": {
      redirectSignOut: ["http://127.example.com/"],
    },
  }))
    test(`the browser leaves for no hosted UI ${what}`, async (t) => {
      const { jane, tokens } = await watched(t, ({ clientId, urls }) => ({
        userPoolId: world.cognito.userPoolId,
        userPoolClientId: clientId,
        userPoolEndpoint: world.cognito.origin,
        hostedUI: {
          domain: world.cognito.origin,
          redirectSignOut: urls,
          ...hostedUI,
        },
      }));
      await put(jane, tokens);
      const seen = await jane.page.evaluate(async () => {
        /** @type {string[]} */
        const left = [];
        const result = await cs.signOut({
          hostedUI: "redirect",
          navigate: (url) => void left.push(url),
        });
        return { left, result: show(result) };
      });
      assert.deepEqual(seen.left, []);
      assert.equal(seen.result.hostedUIError.error.code, "moduleUnavailable");
    });

  test("oidc-client-ts: post_logout_redirect_uri is where it comes back to", async (t) => {
    const { jane, tokens } = await watched(t, ({ clientId, urls }) => ({
      authority: `https://cognito-idp.us-east-1.amazonaws.com/${world.cognito.userPoolId}`,
      client_id: clientId,
      post_logout_redirect_uri: urls[0],
      userPoolEndpoint: world.cognito.origin,
      hostedUI: { domain: world.cognito.origin },
    }));
    await put(jane, tokens, "sessionStorage");
    await jane.page.evaluate(() => {
      void cs.signOut({ hostedUI: "redirect" });
    });
    await jane.page.waitForURL(jane.urls[0] ?? "");
    assert.equal(jane.areValid(tokens).refresh, false);
  });

  test("Amplify v5's cookies under a path and a domain of their own", async (t) => {
    const { jane, tokens } = await watched(t, ({ clientId }) => ({
      Auth: {
        userPoolId: world.cognito.userPoolId,
        userPoolWebClientId: clientId,
        endpoint: world.cognito.origin,
        cookieStorage: { domain: "localhost", path: "/no-wasm", secure: false },
      },
    }));
    const result = await jane.page.evaluate(
      async ({ prefix, token }) => {
        for (const domain of ["", "; domain=localhost"]) {
          document.cookie = `${prefix}LastAuthUser=jane; path=/no-wasm${domain}`;
          document.cookie = `${prefix}jane.refreshToken=${token}; path=/no-wasm${domain}`;
        }
        const { status } = await cs.signOut();
        return { status, cookie: document.cookie };
      },
      {
        prefix: `CognitoIdentityServiceProvider.${jane.clientId}.`,
        token: tokens.refreshToken,
      },
    );
    assert.deepEqual(result, { status: "complete", cookie: "" });
    assert.equal(jane.areValid(tokens).refresh, false);
  });

  test("AuthUserList: a username may hold a comma", async (t) => {
    const jane = await stranded(t);
    const prefix = `CognitoIdentityServiceProvider.${jane.clientId}.`;
    const left = await jane.page.evaluate(async (prefix) => {
      for (const [key, value] of [
        ["LastAuthUser", "a,b"],
        ["AuthUserList", "a,b,a,x,y"],
        ["a,b.refreshToken", "current"],
        ["a.refreshToken", "stays"],
        ["x,y.refreshToken", "stays"],
        ["z.refreshToken", "is not listed"],
      ])
        localStorage.setItem(prefix + key, value ?? "");
      await cs.signOut({ timeoutMs: 0 });
      return Object.fromEntries(
        Object.entries(localStorage)
          .filter(([key]) => key.startsWith(prefix))
          .map(([key, value]) => [key.slice(prefix.length), value]),
      );
    }, prefix);
    assert.deepEqual(left, {
      AuthUserList: "a,x,y",
      "a.refreshToken": "stays",
      "x,y.refreshToken": "stays",
    });
  });
});
