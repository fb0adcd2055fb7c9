// Wherever the tokens lie, and however badly that place behaves: bounded, verified, and told truly.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  OVER,
  engine,
  leftWell,
  needs,
  sideBySide,
  until,
  useWorld,
} from "./lib/world.mjs";

const world = useWorld();

/** A storage of the app's own, in the page; `memory` holds what is in it. It stands alone. */
function customStorage() {
  const memory = new Map();
  /** @type {any} */
  const global = globalThis;
  global.memory = memory;
  global.behaviour = {};
  global.order = [];
  /** @param {string} method @param {() => any} act */
  const perform = (method, act) => {
    const how = global.behaviour[method] ?? global.behaviour.all;
    global.order.push(method);
    if (how === "throws") throw new Error("no storage today");
    if (how === "rude") {
      act();
      throw new Error("done, but rudely");
    }
    if (how === "never") return new Promise(() => {});
    if (how === "ignored") return undefined;
    if (how === "rejects") return Promise.reject(new Error("no storage today"));
    if (how === "slow")
      return new Promise((resolve) => setTimeout(() => resolve(act()), 100));
    if (how === "async") return Promise.resolve().then(act);
    return act();
  };
  global.perform = perform;
  global.custom = {
    getItem: (/** @type {string} */ key) =>
      perform("getItem", () => memory.get(key) ?? null),
    setItem: (/** @type {string} */ key, /** @type {string} */ value) =>
      perform("setItem", () => void memory.set(key, value)),
    removeItem: (/** @type {string} */ key) =>
      perform("removeItem", () => void memory.delete(key)),
  };
}

/**
 * A visitor whose app keeps its tokens in a storage of its own.
 * @param {import("node:test").TestContext} t
 * @param {import("./lib/world.mjs").VisitorOptions & { withKeys?: boolean }} [options]
 */
async function withCustom(t, { withKeys = false, ...options } = {}) {
  const jane = await world.visitor(t, {
    ...options,
    configure: false,
    init: customStorage,
  });
  await jane.page.evaluate(async ([config, withKeys]) => {
    /** @type {any} */
    const { custom, memory } = globalThis;
    if (withKeys)
      custom.keys = () =>
        /** @type {any} */ (globalThis).perform("keys", () => [
          ...memory.keys(),
        ]);
    await cs.configure({ ...config, storage: custom });
  }, /** @type {const} */ ([jane.config, withKeys]));
  return jane;
}

/** @param {import("./lib/world.mjs").Visitor} visitor @param {Record<string, string>} how */
const behave = (visitor, how) =>
  visitor.page.evaluate((how) => {
    /** @type {any} */ (globalThis).behaviour = how;
  }, how);

/** @param {import("./lib/world.mjs").Visitor} visitor */
const kept = (visitor) =>
  visitor.page.evaluate(() => [
    .../** @type {any} */ (globalThis).memory.keys(),
  ]);

describe("storage", sideBySide(4), () => {
  for (const storage of ["local", "session", "memory", "cookie"])
    test(`${storage}: stored, loaded, gone when signOut() returns`, async (t) => {
      // WebKit takes no Secure cookie from http://localhost.
      const cookie = { secure: engine !== "webkit" };
      const jane = await world.visitor(t, { config: { storage, cookie } });
      const tokens = await jane.signIn();
      const seen = await jane.page.evaluate(async (clientId) => {
        const loaded = await cs.loadTokens();
        const places = () => ({
          local: Object.keys(localStorage),
          session: Object.keys(sessionStorage),
          cookie: document.cookie.split("; "),
        });
        const held = () =>
          Object.entries(places())
            .filter(([, keys]) =>
              keys.some((key) =>
                key.startsWith(`CognitoIdentityServiceProvider.${clientId}.`),
              ),
            )
            .map(([place]) => place);
        const before = held();
        const running = cs.signOut();
        const after = held();
        const again = cs.loadTokens();
        return {
          loaded: loaded?.username,
          before,
          after,
          status: (await running).status,
          again: await again,
        };
      }, jane.clientId);
      assert.deepEqual(seen, {
        loaded: jane.username,
        before: storage === "memory" ? [] : [storage],
        after: [],
        status: "complete",
        again: null,
      });
      assert.deepEqual(jane.areValid(tokens), OVER);
    });

  test(
    "cookie: a Secure one that is not taken: storeTokens rejects with storage, and nothing is stored",
    { skip: engine !== "webkit" && "needs WebKit: others take it" },
    async (t) => {
      const jane = await world.visitor(t, { config: { storage: "cookie" } });
      const { accessToken, refreshToken } = jane.session();
      const error = await jane.page.evaluate(
        (tokens) => rejection(cs.storeTokens(tokens)),
        { accessToken, refreshToken },
      );
      assert.equal(error.code, "storage");
      assert.equal(await jane.page.evaluate(() => document.cookie), "");
    },
  );

  test(
    "cookie: path, secure and Amplify's names are honoured",
    needs("cookieJar"),
    async (t) => {
      const jane = await world.visitor(t, {
        path: "/shop/cart",
        user: { username: "jane doe(1)+a@example.com" },
        config: {
          storage: "cookie",
          cookie: { path: "/shop", sameSite: "lax", expires: 1 },
        },
      });
      jane.username = "jane doe(1)+a@example.com";
      const tokens = await jane.signIn();
      const cookies = await jane.context.cookies(`${jane.origin}/shop/cart`);
      const token = cookies.find(({ name }) => name.endsWith(".refreshToken"));
      assert.equal(
        token?.name,
        `CognitoIdentityServiceProvider.${jane.clientId}.jane%20doe%281%29+a%40example.com.refreshToken`,
      );
      assert.equal(token?.path, "/shop");
      assert.equal(token?.sameSite, "Lax");
      assert.equal((await jane.signOut()).status, "complete");
      assert.deepEqual(
        (await jane.context.cookies(`${jane.origin}/shop/cart`)).filter(
          ({ name }) => name.startsWith("Cognito"),
        ),
        [],
      );
      assert.deepEqual(jane.areValid(tokens), OVER);
    },
  );

  test(
    "cookie: one that scripts can't see is not there; one that can't be removed is told",
    needs("cookieJar"),
    async (t) => {
      const jane = await world.visitor(t, { config: { storage: "cookie" } });
      const tokens = jane.session();
      const prefix = `CognitoIdentityServiceProvider.${jane.clientId}`;
      await jane.context.addCookies([
        {
          name: `${prefix}.jane.refreshToken`,
          value: tokens.refreshToken,
          url: jane.origin,
          httpOnly: true,
        },
      ]);
      const hidden = await jane.signOut();
      assert.equal(hidden.status, "complete");
      assert.equal(hidden.wasSignedIn, false);
      // Another path than the configured one: a removal does not reach it.
      await jane.go("/deep/page");
      await jane.page.evaluate(
        ({ prefix, token }) => {
          document.cookie = `${prefix}.john.refreshToken=${token};path=/deep/page`;
        },
        { prefix, token: tokens.refreshToken },
      );
      const stuck = await jane.signOut();
      if (stuck.status !== "complete") {
        assert.equal(stuck.status, "failed");
        assert.equal(stuck.error.code, "storage");
      }
      assert.equal(
        stuck.signedOutLocally,
        !(await jane.page.evaluate(() => document.cookie.includes(".john."))),
      );
    },
  );

  for (const storage of ["local", "session", "cookie"])
    test(`${storage}: what a sign-in leaves beside its tokens goes too, another pool's stays`, async (t) => {
      const pool = "us-east-1:00000000-0000-4000-8000-000000000000";
      const jane = await world.visitor(t, {
        config: {
          storage,
          identityPoolId: pool,
          cookie: { secure: engine !== "webkit" },
        },
      });
      await jane.signIn();
      const left = await jane.page.evaluate(
        async ({ clientId, username, pool, storage }) => {
          const other = pool.replace("000", "111");
          const user = `CognitoIdentityServiceProvider.${clientId}.${username}.`;
          const places = { local: localStorage, session: sessionStorage };
          /** @param {string} name */
          const put = (name) => {
            if (storage === "cookie")
              document.cookie = `${encodeURIComponent(name)}=x; path=/`;
            else
              /** @type {any} */ (places)[storage].setItem(name, "x");
          };
          [
            `${user}tokenScopesString`,
            `aws.cognito.identity-id.${pool}`,
            `aws.cognito.identity-providers.${pool}`,
            "amplify-auto-sign-in",
            "amplify-polling-started",
            `aws.cognito.identity-id.${other}`,
            "amplify-theme",
          ].forEach(put);
          const { status } = await cs.signOut();
          const names = [
            ...Object.keys(localStorage),
            ...Object.keys(sessionStorage),
            ...document.cookie
              .split("; ")
              .map((text) => decodeURIComponent(text.split("=")[0] ?? "")),
          ].filter((name) => name && !name.startsWith("cognito-signout."));
          return { status, names: names.sort() };
        },
        { clientId: jane.clientId, username: jane.username, pool, storage },
      );
      assert.deepEqual(left, {
        status: "complete",
        names: [
          "amplify-theme",
          `aws.cognito.identity-id.${pool.replace("000", "111")}`,
        ],
      });
    });

  for (const withKeys of [false, true])
    for (const how of ["sync", "async", "slow"])
      test(`custom, ${how}, ${withKeys ? "with" : "without"} keys(): removed and verified before anything leaves`, async (t) => {
        const jane = await withCustom(t, { withKeys });
        await behave(jane, { all: how });
        const tokens = await jane.signIn({ origin: "hostedUI" });
        assert.ok((await kept(jane)).length > 3);
        const seen = await jane.page.evaluate(async () => {
          const { memory } = /** @type {any} */ (globalThis);
          /** @type {number | undefined} */
          let left;
          const loaded = !!(await cs.loadTokens());
          const result = await cs.signOut({
            navigate: () => {
              left = memory.size;
            },
          });
          return { loaded, left, result: show(result) };
        });
        assert.equal(seen.loaded, true);
        assert.equal(seen.left, 0);
        leftWell(seen.result);
        assert.deepEqual(await kept(jane), []);
        await until(
          () => !world.control.isTokenValid(tokens.refreshToken),
          "it is revoked",
        );
      });

  test("custom, synchronous: gone when signOut() returns", async (t) => {
    const jane = await withCustom(t);
    await jane.signIn();
    const left = await jane.page.evaluate(async () => {
      const { memory } = /** @type {any} */ (globalThis);
      const running = cs.signOut();
      const left = memory.size;
      await running;
      return left;
    });
    assert.equal(left, 0);
  });

  for (const [how, method] of /** @type {const} */ ([
    ["throws", "removeItem"],
    ["rejects", "removeItem"],
    ["ignored", "removeItem"],
    ["throws", "getItem"],
    ["rejects", "getItem"],
    ["throws", "keys"],
    ["rejects", "keys"],
    ["ignored", "keys"],
  ]))
    test(`custom, ${method} ${how}: failed(storage), no navigation`, async (t) => {
      const jane = await withCustom(t, { withKeys: method === "keys" });
      await jane.signIn({ origin: "hostedUI" });
      await behave(jane, { [method]: how });
      const seen = await jane.page.evaluate(async () => {
        let left = 0;
        const result = await cs.signOut({ navigate: () => void left++ });
        return {
          ...show(result),
          left,
          signingOut: cs.isSigningOut(),
          load: (await rejection(cs.loadTokens()))?.code,
        };
      });
      assert.equal(seen.status, "failed");
      assert.equal(seen.error.code, "storage");
      assert.equal(seen.left, 0);
      assert.equal(seen.signingOut, false);
      if (method === "getItem") assert.equal(seen.load, "storage");
      assert.ok((await kept(jane)).length > 0);
      assert.deepEqual(await jane.heard(), []);
      // The storage works again: so does the sign-out.
      await behave(jane, {});
      assert.equal(
        (await jane.signOut({ hostedUI: "none" })).signedOutLocally,
        true,
      );
      assert.deepEqual(await kept(jane), []);
    });

  test("custom, a removal that throws where the tokens are gone does not count", async (t) => {
    const jane = await withCustom(t);
    await jane.signIn();
    await behave(jane, { removeItem: "rude" });
    assert.equal((await jane.signOut()).status, "complete");
    assert.deepEqual(await kept(jane), []);
  });

  test("custom, asynchronous: while it clears, a global call joins", async (t) => {
    const jane = await withCustom(t);
    await jane.signIn();
    await behave(jane, { all: "async" });
    const seen = await jane.page.evaluate(async (timeoutMs) => {
      const both = [
        cs.signOut({ timeoutMs }),
        cs.signOut({ timeoutMs, global: true }),
      ];
      const signingOut = cs.isSigningOut();
      return [
        signingOut,
        ...(await Promise.all(both)).map(({ status }) => status),
      ];
    }, 60_000);
    assert.deepEqual(seen, [true, "complete", "complete"]);
    assert.deepEqual(jane.calls, ["GlobalSignOut", "RevokeToken"]);
  });

  for (const method of ["getItem", "removeItem", "setItem", "keys"])
    test(
      `custom, ${method} never settles: every call is bounded`,
      needs("clock"),
      async (t) => {
        const jane = await withCustom(t, { withKeys: method === "keys" });
        const tokens = await jane.signIn();
        await jane.page.clock.install();
        await behave(jane, { [method]: "never" });
        const { accessToken, refreshToken } = jane.session();
        await jane.page.evaluate(([method, tokens]) => {
          globalThis.kept = {};
          const note = (/** @type {string} */ name) => (/** @type {any} */ v) =>
            void (globalThis.kept[name] = v?.toJSON?.() ?? show(v) ?? "done");
          if (method === "setItem")
            void cs.storeTokens(tokens).then(note("store"), note("store"));
          else {
            const began = performance.now();
            void cs.signOut().then((result) => {
              note("signOut")({
                ...show(result),
                took: performance.now() - began,
              });
            });
            void cs.loadTokens().then(note("load"), note("load"));
          }
        }, /** @type {const} */ ([method, { accessToken, refreshToken }]));
        const wanted = method === "setItem" ? 1 : 2;
        await until(async () => {
          await jane.page.clock.runFor(1000);
          return (
            (await jane.page.evaluate(
              () => Object.keys(globalThis.kept).length,
            )) === wanted
          );
        }, "all calls settle");
        const seen = await jane.page.evaluate(() => globalThis.kept);
        if (method === "setItem") {
          assert.equal(seen.store.code, "storage");
          return;
        }
        assert.equal(seen.signOut.status, "failed");
        assert.equal(seen.signOut.error.code, "storage");
        // Five seconds for all calls to the storage together, and five for Cognito.
        assert.ok(seen.signOut.took <= 10_000, String(seen.signOut.took));
        if (method !== "removeItem") assert.equal(seen.load.code, "storage");
        else
          await until(
            () => !world.control.isTokenValid(tokens.refreshToken),
            "it is revoked",
          );
      },
    );

  test("a session in another place than the configured one is signed out too", async (t) => {
    const jane = await world.visitor(t, { config: { storage: "session" } });
    const tokens = jane.session();
    const prefix = `CognitoIdentityServiceProvider.${jane.clientId}`;
    await jane.page.evaluate(
      ({ prefix, tokens }) => {
        localStorage.setItem(`${prefix}.LastAuthUser`, "jane");
        localStorage.setItem(`${prefix}.jane.accessToken`, tokens.accessToken);
        localStorage.setItem(
          `${prefix}.jane.refreshToken`,
          tokens.refreshToken,
        );
      },
      { prefix, tokens },
    );
    const result = await jane.signOut();
    assert.equal(result.status, "complete");
    assert.equal(result.wasSignedIn, true);
    assert.deepEqual(await jane.keys(), []);
    assert.deepEqual(jane.areValid(tokens), OVER);
  });

  for (const before of ["no session", "another session"])
    test(`storeTokens is whole or not at all: a full storage with ${before} leaves it as it was`, async (t) => {
      const jane = await world.visitor(t);
      if (before === "another session") await jane.signIn();
      const { accessToken, idToken, refreshToken } = jane.session();
      const seen = await jane.page.evaluate(
        async ([tokens, times]) => {
          const entries = () =>
            Object.entries({ ...localStorage })
              .filter(([key]) => key.startsWith("Cognito"))
              .sort();
          const was = [entries(), await cs.loadTokens()];
          let count = 0;
          const real = Storage.prototype.setItem;
          /** @param {string} key @param {string} value */
          Storage.prototype.setItem = function (key, value) {
            // What it held before there is room for.
            if (key.startsWith("Cognito") && ++count > 2 && count <= 2 + times)
              throw new DOMException("full", "QuotaExceededError");
            real.call(this, key, value);
          };
          const error = await rejection(cs.storeTokens(tokens));
          Storage.prototype.setItem = real;
          return {
            code: error?.code,
            was,
            is: [entries(), await cs.loadTokens()],
          };
        },
        /** @type {const} */ ([
          { accessToken, idToken, refreshToken },
          before === "another session" ? 1 : 99,
        ]),
      );
      assert.equal(seen.code, "storage");
      assert.deepEqual(seen.is, seen.was);
      assert.equal(!!seen.is[1], before === "another session");
    });

  for (const kind of ["the page's", "the app's own"])
    test(`${kind}, one that gives no strings: it settles, and works once it does`, async (t) => {
      const jane =
        kind === "the app's own" ? await withCustom(t) : await world.visitor(t);
      for (let n = 0; n < 5; n++) {
        await jane.signIn();
        const settles = await jane.page.evaluate(async (n) => {
          const value = [5, {}, true, Symbol.for("x"), []][n];
          const { custom } = /** @type {any} */ (globalThis);
          const target = custom ?? Storage.prototype;
          const real = target.getItem;
          target.getItem = () => value;
          const all = await Promise.all([
            settled(cs.signOut(), 60_000),
            settled(
              cs.loadTokens().catch(() => null),
              60_000,
            ),
          ]);
          target.getItem = real;
          await cs.signOut({ timeoutMs: 60_000 });
          return [
            ...all.map((each) => each === "pending"),
            await cs.loadTokens(),
          ];
        }, n);
        assert.deepEqual(settles, [false, false, null]);
        assert.deepEqual(await jane.keys(), []);
      }
    });

  for (const [how, init] of /** @type {[string, () => void][]} */ ([
    [
      "throws",
      () =>
        Object.defineProperty(globalThis, "localStorage", {
          get: () => {
            throw new DOMException("insecure", "SecurityError");
          },
        }),
    ],
    [
      "is null",
      () => Object.defineProperty(globalThis, "localStorage", { value: null }),
    ],
  ]))
    test(`localStorage ${how}: failed(storage), and every other call says so`, async (t) => {
      const jane = await world.visitor(t, { init });
      const { accessToken, refreshToken } = jane.session();
      const seen = await jane.page.evaluate(
        async (tokens) => {
          /** @type {any} */
          const result = await settled(cs.signOut(), 60_000);
          return [
            (await rejection(cs.storeTokens(tokens))).code,
            (await rejection(cs.loadTokens())).code,
            result.status,
            result.error?.code,
            cs.isSigningOut(),
          ];
        },
        { accessToken, refreshToken },
      );
      assert.deepEqual(seen, [
        "storage",
        "storage",
        "failed",
        "storage",
        false,
      ]);
    });

  test("a record of ended sessions that was tampered with never blocks", async (t) => {
    const jane = await world.visitor(t, { configure: false });
    for (const text of [
      "",
      "null",
      "{",
      "[1,{}]",
      "\u0000",
      '[{"h":"zz","t":1e999}]',
    ]) {
      const { accessToken, refreshToken } = jane.session();
      const seen = await jane.page.evaluate(async ([config, text, tokens]) => {
        const name = `cognito-signout.${config.userPoolClientId}.ended`;
        localStorage.setItem(name, text);
        const client = cs.createClient(config);
        await client.storeTokens(tokens);
        const before = client.isSigningOut();
        const { status } = await client.signOut({ timeoutMs: 60_000 });
        const after = client.isSigningOut();
        client.dispose();
        return [before, status, after];
      }, /** @type {[any, string, any]} */ ([jane.config, text, { accessToken, refreshToken }]));
      assert.deepEqual(seen, [false, "complete", false], text);
    }
  });

  test("without an access token nobody is signed in", async (t) => {
    const jane = await world.visitor(t);
    const loaded = await jane.page.evaluate((prefix) => {
      localStorage.setItem(`${prefix}.jane.refreshToken`, "a-refresh-token");
      localStorage.setItem(`${prefix}.LastAuthUser`, "jane");
      return cs.loadTokens();
    }, `CognitoIdentityServiceProvider.${jane.clientId}`);
    assert.equal(loaded, null);
  });

  test("a full storage does not keep anyone signed in", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn();
    const result = await jane.page.evaluate(async () => {
      Storage.prototype.setItem = () => {
        throw new DOMException("full", "QuotaExceededError");
      };
      return show(await cs.signOut());
    });
    assert.equal(result.status, "complete");
    assert.deepEqual(await jane.keys(), []);
    assert.deepEqual(jane.areValid(tokens), OVER);
    // The mark is kept in memory then.
    const error = await jane.page.evaluate(
      ({ accessToken, refreshToken }) =>
        rejection(cs.storeTokens({ accessToken, refreshToken })),
      tokens,
    );
    assert.equal(error.code, "tokenRevoked");
  });

  test("a storage that takes too long to write: storeTokens gives it up, and nothing more is written", async (t) => {
    const jane = await world.visitor(t, { configure: false });
    const { accessToken, refreshToken } = jane.session();
    const seen = await jane.page.evaluate(
      async ({ config, tokens }) => {
        /** @type {string[]} */
        const written = [];
        const storage = {
          keys: async () => /** @type {string[]} */ ([]),
          getItem: async () => null,
          /** @param {string} key */
          setItem: (key) => {
            written.push(key);
            return new Promise((resolve) => setTimeout(resolve, 2000));
          },
          removeItem: async () => {},
        };
        await cs.configure({ ...config, storage });
        const { code } = await rejection(cs.storeTokens(tokens));
        const before = written.length;
        await new Promise((resolve) => setTimeout(resolve, 4000));
        return { code, before, after: written.length };
      },
      { config: jane.config, tokens: { accessToken, refreshToken } },
    );
    assert.equal(seen.code, "storage");
    assert.ok(seen.before > 1);
    assert.equal(seen.after, seen.before);
  });
});
