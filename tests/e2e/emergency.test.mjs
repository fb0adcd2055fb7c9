// Where no engine can be had: this client's keys are removed, nothing is sent, and the page is not left. retry() hands what was removed to
// an engine that came later.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FALLBACK, withoutEngine } from "./lib/sabotage.mjs";
import { plain, prefixOf, put } from "./lib/stored.mjs";
import {
  LIVE,
  OVER,
  needs,
  ready,
  sideBySide,
  until,
  useWorld,
} from "./lib/world.mjs";

/** @import { Visitor } from "./lib/world.mjs" */

const world = useWorld();

/**
 * A visitor on a page without an engine, until it comes.
 * @param {{ after: (end: () => Promise<void>) => void }} t the test
 * @param {import("./lib/world.mjs").VisitorOptions} [options]
 */
const stranded = (t, options) =>
  world.visitor(t, { missing: FALLBACK, init: withoutEngine, ...options });

/** @param {import("playwright-core").Page} page */
const engineComes = (page) => page.evaluate(() => globalThis.engineComes());

/** The session came from the hosted UI. @param {Visitor} jane */
const byHostedUI = (jane) => ({
  [`${prefixOf(jane)}oauthSignIn`]: "true,false",
});

/** Which fields have an error, and its code. @param {any} result */
const codes = (result) =>
  Object.fromEntries(
    ["revokeToken", "globalSignOut", "hostedUI", "forgetDevice"].flatMap(
      (name) => {
        const field = result[`${name}Error`];
        return field ? [[name, field.error.code]] : [];
      },
    ),
  );

const NO_REVOCATION = { revokeToken: "moduleUnavailable" };

describe("no engine at all", sideBySide(4), () => {
  test("this user's keys are removed, the others' and the device's stay, nothing is sent; retry() does the rest", async (t) => {
    const jane = await stranded(t);
    const tokens = jane.session();
    const prefix = prefixOf(jane);
    const stays = {
      [`${prefix}jane.deviceKey`]: "device",
      [`${prefix}joe.refreshToken`]: "joe's",
    };
    await put(jane, tokens, {
      more: {
        ...stays,
        [`${prefix}AuthUserList`]: "jane,joe",
        [`${prefix}inflightOAuth`]: "true",
        "amplify-signin-with-hostedUI": "false",
      },
    });
    const result = await jane.signOut();
    assert.equal(result.status, "partial");
    assert.equal(result.wasSignedIn, true);
    assert.deepEqual(result.steps, []);
    assert.deepEqual(codes(result), NO_REVOCATION);
    assert.equal(result.hidden.refreshToken, "string");
    const left = () => jane.page.evaluate(() => ({ ...localStorage }));
    assert.deepEqual(await left(), {
      ...stays,
      [`${prefix}AuthUserList`]: "joe",
    });
    assert.equal((await jane.heard()).length, 1);
    assert.deepEqual(jane.calls, []);
    assert.deepEqual(jane.areValid(tokens), LIVE);

    await engineComes(jane.page);
    const again = await jane.retry();
    assert.equal(again.status, "complete");
    assert.equal(again.wasSignedIn, true);
    assert.deepEqual(jane.calls, ["RevokeToken"]);
    assert.deepEqual(jane.areValid(tokens), OVER);
    const { [`cognito-signout.${jane.clientId}.ended`]: mark, ...rest } =
      await left();
    assert.deepEqual(rest, { ...stays, [`${prefix}AuthUserList`]: "joe" });
    for (const token of Object.values(plain(tokens)))
      assert.ok(mark && !mark.includes(token));
    assert.equal((await jane.heard()).length, 1);
  });

  test("nothing is left over: complete", async (t) => {
    const jane = await stranded(t);
    const nobody = await jane.signOut({ global: true, forgetDevice: true });
    assert.equal(nobody.status, "complete");
    assert.equal(nobody.wasSignedIn, false);
    await put(jane, jane.session());
    const off = await jane.page.evaluate(async (config) => {
      cs.configure({ ...config, tokenRevocation: false }).catch(() => {});
      return show(await cs.signOut());
    }, jane.config);
    assert.equal(off.status, "complete");
    assert.equal(off.wasSignedIn, true);
    assert.equal(off.hidden.retry, "undefined");
    assert.deepEqual(await jane.keys(), []);
  });

  test("a session in memory: there was none, or it is gone with the engine", async (t) => {
    const jane = await stranded(t, { config: { storage: "memory" } });
    const result = await jane.signOut();
    assert.equal(result.status, "complete");
    assert.equal(result.wasSignedIn, false);
  });

  test("each session is told of, the current one first; an aborted signal leaves them alone", async (t) => {
    const jane = await stranded(t);
    const tokens = [jane.session(), jane.session(), jane.session()].map(
      ({ refreshToken }) => refreshToken,
    );
    const seen = await jane.page.evaluate(
      async ({ prefix, tokens }) => {
        tokens.forEach((token, i) =>
          localStorage.setItem(`${prefix}user${i}.refreshToken`, token),
        );
        localStorage.setItem(`${prefix}LastAuthUser`, "user1");
        const aborted = show(await cs.signOut({ signal: AbortSignal.abort() }));
        const stays = localStorage.getItem(`${prefix}LastAuthUser`);
        /** @type {any} */
        const result = await cs.signOut();
        const { refreshToken, others } = result.revokeTokenError;
        globalThis.engineComes();
        return {
          aborted: [aborted.status, aborted.error.code, stays],
          first: tokens.indexOf(refreshToken),
          others: others
            .map((/** @type {string} */ each) => tokens.indexOf(each))
            .sort(),
          again: (await result.retry()).status,
        };
      },
      { prefix: prefixOf(jane), tokens },
    );
    assert.deepEqual(seen, {
      aborted: ["failed", "aborted", "user1"],
      first: 1,
      others: [0, 2],
      again: "complete",
    });
    for (const token of tokens)
      assert.equal(jane.control.isTokenValid(token), false);
  });

  test(
    "cookies of one name, of other paths and domains: none is left, and retry() revokes all",
    needs("cookieJar"),
    async (t) => {
      const jane = await stranded(t, {
        origin: world.origin.replace("localhost", "eu.shop.localhost"),
        path: "/deep/er/page",
        config: { storage: "cookie" },
      });
      const sessions = [
        "path=/",
        "path=/; domain=shop.localhost",
        "path=/deep",
        "path=/deep/er/; secure; samesite=none; partitioned",
      ].map((attributes) => ({ attributes, tokens: plain(jane.session()) }));
      await jane.page.evaluate(
        ({ prefix, sessions }) => {
          for (const { attributes, tokens } of sessions) {
            document.cookie = `${prefix}LastAuthUser=j%20d; ${attributes}`;
            for (const [name, token] of Object.entries(tokens))
              document.cookie = `${prefix}j%20d.${name}=${token}; ${attributes}`;
          }
        },
        { prefix: prefixOf(jane), sessions },
      );
      const result = await jane.signOut();
      assert.equal(result.status, "partial");
      assert.equal(result.hidden.others, 3);
      assert.deepEqual(
        (await jane.context.cookies()).filter(({ name }) =>
          name.includes(jane.clientId),
        ),
        [],
      );
      await engineComes(jane.page);
      assert.equal((await jane.retry()).status, "complete");
      for (const { tokens } of sessions)
        assert.equal(jane.control.isTokenValid(tokens.refreshToken), false);
    },
  );

  test("Amplify v5's cookies under a path and a domain of their own", async (t) => {
    const jane = await stranded(t, {
      path: "/deep/",
      config: ({ clientId }) => ({
        Auth: {
          userPoolId: world.cognito.userPoolId,
          userPoolWebClientId: clientId,
          endpoint: world.cognito.origin,
          cookieStorage: { domain: "localhost", path: "/deep", secure: false },
        },
      }),
    });
    const tokens = jane.session();
    await jane.page.evaluate(
      ({ prefix, token }) => {
        for (const domain of ["", "; domain=localhost"]) {
          document.cookie = `${prefix}LastAuthUser=jane; path=/deep${domain}`;
          document.cookie = `${prefix}jane.refreshToken=${token}; path=/deep${domain}`;
        }
      },
      { prefix: prefixOf(jane), token: tokens.refreshToken },
    );
    const result = await jane.signOut();
    assert.deepEqual(codes(result), NO_REVOCATION);
    assert.equal(await jane.page.evaluate(() => document.cookie), "");
    await engineComes(jane.page);
    assert.equal((await jane.retry()).status, "complete");
    assert.equal(jane.areValid(tokens).refresh, false);
  });

  test("the list of users in a cookie keeps its attributes, without the one who is signed out", async (t) => {
    const jane = await stranded(t, {
      config: { storage: "cookie", cookie: { path: "/", secure: false } },
    });
    const cookie = await jane.page.evaluate(async (prefix) => {
      for (const [name, value] of [
        ["LastAuthUser", "jane"],
        ["AuthUserList", "jane,joe"],
        ["jane.refreshToken", "token"],
      ])
        document.cookie = `${prefix}${name}=${value}; path=/`;
      await cs.signOut();
      return document.cookie;
    }, prefixOf(jane));
    assert.equal(cookie, `${prefixOf(jane)}AuthUserList=joe`);
  });

  test("sessionStorage", async (t) => {
    const jane = await stranded(t, { config: { storage: "session" } });
    const tokens = jane.session();
    await put(jane, tokens, { where: "sessionStorage" });
    assert.deepEqual(codes(await jane.signOut()), NO_REVOCATION);
    assert.deepEqual(await jane.keys(), []);
    await engineComes(jane.page);
    assert.equal((await jane.retry()).status, "complete");
    assert.deepEqual(jane.areValid(tokens), OVER);
  });

  test("AuthUserList: a username may hold a comma", async (t) => {
    const jane = await stranded(t);
    const prefix = prefixOf(jane);
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
      await cs.signOut();
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

  test("a record of oidc-client-ts under its store's own prefix is removed, and so is its sign-in under way", async (t) => {
    const jane = await stranded(t, { configure: false });
    const { accessToken, idToken, refreshToken } = jane.session();
    const authority = `https://cognito-idp.us-east-1.amazonaws.com/${world.cognito.userPoolId}`;
    const others = `oidc.user:${authority}:another`;
    const seen = await jane.page.evaluate(
      async ({ config, user, others, key }) => {
        localStorage.setItem(key, JSON.stringify(user));
        localStorage.setItem(others, "{}");
        localStorage.setItem(
          "oidc.1",
          JSON.stringify({
            client_id: config.client_id,
            authority: config.authority,
          }),
        );
        localStorage.setItem(
          "oidc.2",
          JSON.stringify({ client_id: "another" }),
        );
        // As a WebStorageStateStore is.
        const userStore = { _store: localStorage, _prefix: "mine." };
        cs.configure({ ...config, userStore }).catch(() => {});
        globalThis.kept = await cs.signOut({ hostedUI: "none" });
        return {
          result: show(globalThis.kept),
          left: Object.keys(localStorage).sort(),
        };
      },
      {
        config: {
          authority,
          client_id: jane.clientId,
          userPoolEndpoint: world.cognito.origin,
        },
        user: {
          access_token: accessToken,
          id_token: idToken,
          refresh_token: refreshToken,
        },
        others,
        key: `mine.user:${authority}:${jane.clientId}`,
      },
    );
    assert.deepEqual(codes(seen.result), NO_REVOCATION);
    assert.deepEqual(seen.left, ["oidc.2", others]);
    await engineComes(jane.page);
    assert.equal((await jane.retry()).status, "complete");
    assert.equal(jane.control.isTokenValid(refreshToken), false);
  });

  for (const [how, { isAsync, lists }] of Object.entries({
    "that answers at once": { isAsync: false, lists: true },
    "that answers later": { isAsync: true, lists: true },
    "that can't list its keys": { isAsync: true, lists: false },
  }))
    test(`a storage of the app's own ${how}: cleared and read back`, async (t) => {
      const jane = await stranded(t, { configure: false });
      const tokens = jane.session();
      const seen = await jane.page.evaluate(
        async ({ config, prefix, tokens, isAsync, lists }) => {
          const memory = new Map([
            ["mine", "stays"],
            [`${prefix}LastAuthUser`, "jane"],
            ...Object.entries(tokens).map(
              ([name, token]) =>
                /** @type {const} */ ([`${prefix}jane.${name}`, token]),
            ),
          ]);
          const soon = (/** @type {any} */ value) =>
            isAsync ? new Promise((done) => setTimeout(done, 1, value)) : value;
          const storage = {
            getItem: (/** @type {string} */ key) =>
              soon(memory.get(key) ?? null),
            setItem: (
              /** @type {string} */ key,
              /** @type {string} */ value,
            ) => {
              memory.set(key, value);
              return soon(undefined);
            },
            removeItem: (/** @type {string} */ key) =>
              soon(void memory.delete(key)),
            ...(lists && { keys: () => soon([...memory.keys()]) }),
          };
          cs.configure({ ...config, storage }).catch(() => {});
          // Two at once find one session, and end it once.
          const [result, other] = await Promise.all([
            cs.signOut(),
            cs.signOut(),
          ]);
          globalThis.kept = result;
          return {
            results: [result, other].map(show),
            left: [...memory.keys()],
            heard: heard.length,
          };
        },
        {
          config: jane.config,
          prefix: prefixOf(jane),
          tokens: plain(tokens),
          isAsync,
          lists,
        },
      );
      for (const result of seen.results) {
        assert.deepEqual(codes(result), NO_REVOCATION);
        assert.equal(result.hidden.others, 0);
      }
      assert.deepEqual(seen.left, ["mine"]);
      assert.equal(seen.heard, 1);
      await engineComes(jane.page);
      assert.equal((await jane.retry()).status, "complete");
      assert.deepEqual(jane.calls, ["RevokeToken"]);
      assert.deepEqual(jane.areValid(tokens), OVER);
    });

  test(
    "a storage of the app's own that never answers: failed after 5 s, with all that is left",
    needs("clock"),
    async (t) => {
      const jane = await stranded(t, { configure: false });
      await jane.page.clock.install();
      for (const hangs of ["keys", "getItem", "removeItem"]) {
        const tokens = jane.session();
        await jane.page.evaluate(
          ({ config, prefix, token, hangs }) => {
            const memory = new Map([[`${prefix}jane.refreshToken`, token]]);
            const never = () => new Promise(() => {});
            const storage = {
              keys: async () => [...memory.keys()],
              getItem: async (/** @type {string} */ key) =>
                memory.get(key) ?? null,
              setItem: async () => {},
              removeItem: async () => {},
              [hangs]: never,
            };
            cs.configure({ ...config, storage }).catch(() => {});
            globalThis.kept = undefined;
            void cs.signOut().then((result) => (globalThis.kept = result));
          },
          {
            config: jane.config,
            prefix: prefixOf(jane),
            token: tokens.refreshToken,
            hangs,
          },
        );
        await until(async () => {
          await jane.page.clock.runFor(1000);
          return jane.page.evaluate(() => !!globalThis.kept);
        }, "it settles");
        const result = await jane.result();
        assert.equal(result.status, "failed", hangs);
        assert.equal(result.error.code, "moduleUnavailable", hangs);
        assert.deepEqual(
          codes(result),
          hangs === "removeItem" ? NO_REVOCATION : {},
          hangs,
        );
      }
      assert.deepEqual(await jane.heard(), []);
    },
  );

  for (const [what, spoil] of Object.entries({
    "throws at a removal": () => {
      Storage.prototype.removeItem = () => {
        throw new Error("no");
      };
    },
    "keeps what is removed": () => {
      Storage.prototype.removeItem = () => {};
    },
    "can't be reached": () => {
      Object.defineProperty(globalThis, "localStorage", {
        get() {
          throw new Error("no");
        },
      });
    },
  }))
    test(`a storage that ${what}: failed, and nobody is told`, async (t) => {
      const jane = await stranded(t);
      const tokens = jane.session();
      await put(jane, tokens);
      await jane.page.evaluate(spoil);
      const results = await jane.page.evaluate(async () =>
        (await Promise.all([cs.signOut({ global: true }), cs.signOut()])).map(
          show,
        ),
      );
      for (const [i, result] of results.entries()) {
        assert.equal(result.status, "failed");
        assert.equal(result.signedOutLocally, false);
        assert.equal(result.error.code, "moduleUnavailable");
        if (what === "can't be reached") continue;
        assert.deepEqual(codes(result), {
          ...NO_REVOCATION,
          ...(i === 0 && { globalSignOut: "moduleUnavailable" }),
        });
      }
      assert.deepEqual(await jane.heard(), []);
      assert.deepEqual(jane.areValid(tokens), LIVE);
    });

  test("two sign-outs at once: both say what is left, listeners are told once, and either retry() does it", async (t) => {
    const jane = await stranded(t);
    const tokens = jane.session();
    await put(jane, tokens);
    const seen = await jane.page.evaluate(async (token) => {
      const results = await Promise.all([cs.signOut(), cs.signOut()]);
      const told = results.map((/** @type {any} */ result) => [
        result.wasSignedIn,
        result.revokeTokenError.refreshToken === token,
      ]);
      // A later one has nothing to do with it.
      const { status, wasSignedIn } = /** @type {any} */ (await cs.signOut());
      globalThis.engineComes();
      return {
        told,
        later: [status, wasSignedIn],
        again: await Promise.all(
          results.map(async (/** @type {any} */ result) => {
            const { status } = await result.retry();
            return status;
          }),
        ),
        heard: heard.length,
      };
    }, tokens.refreshToken);
    assert.deepEqual(seen, {
      told: [
        [true, true],
        [true, true],
      ],
      later: ["complete", false],
      again: ["complete", "complete"],
      // That of the later one.
      heard: 2,
    });
    assert.deepEqual(jane.areValid(tokens), OVER);
  });

  test("global: neither is known to have happened; retry() ends the user's other sessions too", async (t) => {
    const jane = await stranded(t);
    const [here, elsewhere] = [jane.session(), jane.session()];
    await put(jane, here);
    const result = await jane.signOut({ global: true });
    assert.deepEqual(codes(result), {
      ...NO_REVOCATION,
      globalSignOut: "moduleUnavailable",
    });
    assert.equal(result.hidden.accessToken, "string");
    assert.deepEqual(await jane.heard(), [
      { reason: "signOut", global: true, redirecting: false },
    ]);
    assert.deepEqual(jane.areValid(elsewhere), LIVE);
    await engineComes(jane.page);
    assert.equal((await jane.retry()).status, "complete");
    assert.deepEqual(jane.calls, ["GlobalSignOut", "RevokeToken"]);
    for (const tokens of [here, elsewhere])
      assert.deepEqual(jane.areValid(tokens), OVER);
  });

  test("forgetDevice: the device's keys are removed, and retry() forgets it", async (t) => {
    const jane = await stranded(t, { client: { devices: "always" } });
    const tokens = jane.session({ rememberedDevice: true });
    await put(jane, tokens, {
      more: { [`${prefixOf(jane)}jane.deviceKey`]: tokens.deviceKey ?? "" },
    });
    const result = await jane.signOut({ forgetDevice: true });
    assert.deepEqual(codes(result), {
      ...NO_REVOCATION,
      forgetDevice: "moduleUnavailable",
    });
    assert.deepEqual(await jane.keys(), []);
    await engineComes(jane.page);
    assert.equal((await jane.retry()).status, "complete");
    assert.deepEqual(jane.calls, ["ForgetDevice", "RevokeToken"]);
  });

  for (const [hostedUI, isDue] of Object.entries({
    auto: true,
    redirect: true,
    popup: true,
    manual: true,
    none: false,
  }))
    test(`a session of the hosted UI, ${hostedUI}: ${isDue ? "told of, without an address" : "left alive"}`, async (t) => {
      const jane = await stranded(t);
      await put(jane, jane.session({ origin: "hostedUI" }), {
        more: byHostedUI(jane),
      });
      const result = await jane.signOut(/** @type {any} */ ({ hostedUI }));
      assert.deepEqual(codes(result), {
        ...NO_REVOCATION,
        ...(isDue && { hostedUI: "moduleUnavailable" }),
      });
      assert.equal(result.hostedUIError?.url, undefined);
      assert.equal(
        await jane.page.evaluate(() => location.href),
        `${jane.origin}/`,
      );
      assert.deepEqual(await jane.keys(), []);
    });

  test("Amplify v5's flag of the hosted UI counts if somebody is signed in, and the session itself says nothing else", async (t) => {
    const jane = await stranded(t);
    /** @param {boolean} signedIn @param {string} [own] what the session says */
    const isDue = async (signedIn, own) => {
      const more = own ? { [`${prefixOf(jane)}jane.${own}`]: "{}" } : {};
      if (signedIn) await put(jane, jane.session(), { more });
      await jane.page.evaluate(() =>
        localStorage.setItem("amplify-signin-with-hostedUI", "true"),
      );
      return "hostedUI" in codes(await jane.signOut());
    };
    assert.equal(await isDue(false), false);
    assert.equal(await isDue(true, "signInDetails"), false);
    assert.equal(await isDue(true), true);
  });

  test("retry() leaves for the hosted UI, and the page after has the result; other tabs hear of it then, once", async (t) => {
    const jane = await stranded(t);
    const tokens = jane.session({ origin: "hostedUI" });
    await put(jane, tokens, { more: byHostedUI(jane) });
    const other = await jane.tab();
    await engineComes(other);
    await until(
      () => other.evaluate(() => cs.loadTokens()),
      "the other tab has read the session",
    );
    const result = await jane.signOut({ appState: { from: "here" } });
    assert.equal(result.hostedUIError.error.code, "moduleUnavailable");
    assert.deepEqual(await jane.heard(other), []);
    await jane.page.evaluate(() => {
      globalThis.ready = false;
      globalThis.engineComes();
      setTimeout(() => void globalThis.kept.retry());
    });
    await jane.isAt(`${jane.origin}/`);
    await ready(jane.page);
    await engineComes(jane.page);
    const taken = await jane.take();
    assert.equal(taken.hostedUIError, undefined);
    assert.deepEqual(taken.appState, { from: "here" });
    await until(() => !jane.areValid(tokens).refresh, "it is revoked");
    await until(
      async () => (await jane.heard(other)).length,
      "it is heard in the other tab",
    );
    assert.deepEqual(await jane.heard(other), [
      { reason: "otherTab", global: false, redirecting: true },
    ]);
  });

  for (const global of [false, true])
    test(`other tabs drop their own copies of the session once retry() has run${global ? ", global" : ""}`, async (t) => {
      const jane = await stranded(t, { config: { storage: "session" } });
      const other = await jane.tab();
      await engineComes(other);
      const tokens = await jane.signIn({}, other);
      await put(jane, tokens, { where: "sessionStorage" });
      assert.equal((await jane.signOut({ global })).status, "partial");
      assert.notDeepEqual(await jane.keys(other), []);
      await engineComes(jane.page);
      assert.equal((await jane.retry()).status, "complete");
      await until(
        async () => (await jane.heard(other)).length,
        "it is heard in the other tab",
      );
      assert.deepEqual(await jane.heard(other), [
        { reason: "otherTab", global, redirecting: false },
      ]);
      assert.deepEqual(await jane.keys(other), []);
      assert.deepEqual(jane.areValid(tokens), OVER);
    });

  test("retry() that finds no engine again says so, and its retry() works; called twice it runs once", async (t) => {
    const jane = await stranded(t);
    await put(jane, jane.session(), { more: byHostedUI(jane) });
    await jane.signOut({ global: true, hostedUI: "manual" });
    const same = await jane.page.evaluate(() => {
      const { kept } = globalThis;
      return kept.retry() === kept.retry();
    });
    assert.equal(same, true);
    const again = await jane.retry();
    assert.equal(again.wasSignedIn, true);
    assert.deepEqual(codes(again), {
      ...NO_REVOCATION,
      globalSignOut: "moduleUnavailable",
      hostedUI: "moduleUnavailable",
    });
    assert.deepEqual(jane.calls, []);
    assert.equal((await jane.heard()).length, 1);
    await engineComes(jane.page);
    const last = await jane.retry();
    assert.equal(last.status, "complete", JSON.stringify(last));
    assert.ok(last.logoutUrl.startsWith(world.cognito.origin));
    assert.deepEqual(jane.calls, ["GlobalSignOut", "RevokeToken"]);
    assert.equal((await jane.heard()).length, 1);
  });

  test("retry() that Cognito refuses: partial, and its own retry() works", async (t) => {
    const jane = await stranded(t);
    const tokens = jane.session();
    await put(jane, tokens);
    await jane.signOut();
    await engineComes(jane.page);
    jane.fault({
      operation: "RevokeToken",
      times: 1,
      answer: { type: "ForbiddenException" },
    });
    const again = await jane.retry();
    assert.deepEqual(codes(again), { revokeToken: "service" });
    assert.equal(again.hidden.refreshToken, "string");
    assert.equal((await jane.retry()).status, "complete");
    assert.deepEqual(jane.areValid(tokens), OVER);
  });

  test("options that the engine refuses in retry(): what was removed is not lost", async (t) => {
    const jane = await stranded(t);
    const tokens = jane.session();
    await put(jane, tokens);
    const options = /** @type {any} */ ({ forgetDevice: "yes" });
    assert.equal((await jane.signOut(options)).status, "partial");
    await engineComes(jane.page);
    const again = await jane.retry();
    assert.equal(again.status, "partial");
    assert.equal(again.revokeTokenError.error.code, "configuration");
    assert.equal(
      await jane.page.evaluate(
        () => globalThis.kept.revokeTokenError.refreshToken,
      ),
      tokens.refreshToken,
    );
  });

  test("a session that was stored since is left alone by retry()", async (t) => {
    const jane = await stranded(t);
    const first = jane.session();
    await put(jane, first);
    assert.equal((await jane.signOut({ global: true })).status, "partial");
    const second = jane.session();
    await put(jane, second);
    const keys = await jane.keys();
    assert.deepEqual(codes(await jane.retry()), {
      ...NO_REVOCATION,
      globalSignOut: "moduleUnavailable",
    });
    assert.deepEqual(await jane.keys(), keys);
    await engineComes(jane.page);
    await jane.retry();
    assert.equal(jane.areValid(first).refresh, false);
    assert.deepEqual(await jane.keys(), keys);
    assert.ok(await jane.page.evaluate(() => cs.loadTokens()));
  });

  test("storeTokens of the session that retry() has ended: tokenRevoked", async (t) => {
    const jane = await stranded(t);
    const tokens = jane.session();
    await put(jane, tokens);
    await jane.signOut();
    await engineComes(jane.page);
    await jane.retry();
    const again = await jane.page.evaluate(
      (tokens) => rejection(cs.storeTokens(tokens)),
      plain(tokens),
    );
    assert.equal(again.code, "tokenRevoked");
  });

  for (const [what, more] of Object.entries({
    "an authority on another host than Amazon's": {
      authority: "https://issuer.example.com/",
    },
    "a hosted UI by http": { hostedUI: { domain: "http://auth.example.com" } },
  }))
    test(
      `${what}: the keys are removed, and no host gets a token`,
      needs("devTools"),
      async (t) => {
        const jane = await stranded(t, {
          config: ({ clientId }) =>
            "authority" in more
              ? {
                  authority: more.authority + world.cognito.userPoolId,
                  client_id: clientId,
                }
              : {
                  userPoolId: world.cognito.userPoolId,
                  userPoolClientId: clientId,
                  ...more,
                },
        });
        /** @type {string[]} */
        const sentTo = [];
        jane.page.on("request", (request) => {
          if (request.method() === "POST") sentTo.push(request.url());
        });
        await put(jane, jane.session());
        const result = await jane.signOut({ hostedUI: "none" });
        assert.deepEqual(codes(result), NO_REVOCATION);
        assert.deepEqual(sentTo, []);
        assert.deepEqual(await jane.keys(), []);
      },
    );
});
