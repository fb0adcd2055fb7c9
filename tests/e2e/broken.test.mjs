// The engine breaks or is missing, and something else happens meanwhile: no result says more than is known, and no token is lost.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FALLBACK, sabotageEngine } from "./lib/sabotage.mjs";
import { entriesOf, plain, prefixOf, put } from "./lib/stored.mjs";
import {
  OVER,
  PATIENT_MS,
  needs,
  sideBySide,
  until,
  useWorld,
} from "./lib/world.mjs";

/** @import { Page, Route } from "playwright-core" */
/** @import { Visitor } from "./lib/world.mjs" */

const world = useWorld();

/** Signs out without waiting: the page keeps the promise. @param {Page} page @param {any} [options] */
const begins = (page, options) =>
  page.evaluate(
    (options) => {
      globalThis.kept = cs.signOut(options);
    },
    { timeoutMs: PATIENT_MS, ...options },
  );

/** What came of it; the page keeps the result. @param {Page} page */
const ends = (page) =>
  page.evaluate(async () => {
    globalThis.kept = await globalThis.kept;
    return show(globalThis.kept);
  });

describe("a trap of the engine", sideBySide(4), () => {
  /** @param {import("node:test").TestContext} t @param {import("./lib/world.mjs").VisitorOptions} [options] */
  const visit = (t, options) =>
    world.visitor(t, { init: sabotageEngine, ...options });

  /** Another call traps, and ends all that waits for the engine. @param {Page} page @param {boolean} [isAway] */
  const breaks = (page, isAway = false) =>
    page.evaluate(async (isAway) => {
      const { sabotage } = /** @type {any} */ (globalThis);
      Object.assign(sabotage, { trapAt: 1, calls: 0, isAway });
      const error = await rejection(cs.loadTokens());
      sabotage.trapAt = 0;
      return error.code;
    }, isAway);

  /** Cognito does not answer until `control.clearFaults`. @param {Visitor} jane */
  const isSilent = (jane) =>
    jane.fault({ operation: "RevokeToken", silence: true });

  /** A session whose sign-out waits for Cognito in one tab; the page of another tab. @param {Visitor} jane */
  async function underWayElsewhere(jane) {
    await jane.signIn();
    const other = await jane.tab("/");
    await until(
      () => other.evaluate(() => cs.loadTokens()),
      "the other tab has read the session",
    );
    isSilent(jane);
    await begins(jane.page);
    await until(
      async () => (await jane.keys(other)).length === 0,
      "the other tab sees that the keys are removed",
    );
    return other;
  }

  test("in configure(): it rejects, and the next calls have a new engine", async (t) => {
    const jane = await visit(t, { configure: false });
    const tokens = jane.session();
    await put(jane, tokens);
    const codes = await jane.page.evaluate(async (config) => {
      const { sabotage } = /** @type {any} */ (globalThis);
      await cs.preload();
      Object.assign(sabotage, { trapAt: 1, calls: 0 });
      const configured = await rejection(cs.configure(config));
      sabotage.trapAt = 0;
      return [configured?.code, await rejection(cs.loadTokens())];
    }, jane.config);
    assert.deepEqual(codes, ["unknown", null]);
    assert.equal((await jane.signOut()).status, "complete");
    assert.deepEqual(jane.areValid(tokens), OVER);
  });

  test("while a client waits for its storage: that client's next calls have a new engine", async (t) => {
    const jane = await visit(t);
    await jane.page.evaluate(async (config) => {
      /** @type {() => void} */
      let goOn = () => {};
      const gate = new Promise((done) => (goOn = () => done(null)));
      await new Promise((isAsked) => {
        const storage = {
          getItem: async () => {
            isAsked(null);
            await gate;
            return null;
          },
          setItem: async () => {},
          removeItem: async () => {},
        };
        globalThis.kept = cs.createClient({ ...config, storage });
        globalThis.kept.isWaiting = globalThis.kept.loadTokens();
      });
      globalThis.act = goOn;
    }, jane.config);
    assert.equal(await breaks(jane.page), "unknown");
    const errors = await jane.page.evaluate(async () => {
      globalThis.act();
      const { kept } = globalThis;
      await rejection(kept.isWaiting);
      return [
        await rejection(kept.loadTokens()),
        await rejection(kept.takeSignOutResult()),
      ];
    });
    assert.deepEqual(errors, [null, null]);
  });

  test("after GlobalSignOut was answered: retry() sends only what is left", async (t) => {
    const jane = await visit(t);
    const tokens = await jane.signIn();
    isSilent(jane);
    await begins(jane.page, { global: true });
    await until(() => jane.calls.includes("(RevokeToken)"), "both are sent");
    await breaks(jane.page);
    const result = await ends(jane.page);
    assert.equal(result.status, "partial");
    assert.equal(result.globalSignOutError, undefined);
    world.control.clearFaults({ clientId: jane.clientId });
    jane.clearCalls();
    assert.equal((await jane.retry()).status, "complete");
    assert.deepEqual(jane.calls, ["RevokeToken"]);
    assert.deepEqual(jane.areValid(tokens), OVER);
  });

  test("after another client's GlobalSignOut was answered: this one's is not known to have happened", async (t) => {
    const jane = await visit(t);
    const john = await world.visitor(t, { path: "" });
    isSilent(jane);
    john.fault({ operation: "GlobalSignOut", silence: true });
    await jane.page.evaluate(
      async ({ config, hers, his, options }) => {
        await cs.storeTokens(hers);
        const other = cs.createClient(config);
        await other.storeTokens(his);
        globalThis.kept = [cs.signOut(options), other.signOut(options)];
      },
      {
        config: john.config,
        hers: plain(jane.session()),
        his: plain(john.session()),
        options: { global: true, timeoutMs: PATIENT_MS },
      },
    );
    await until(
      () =>
        jane.calls.includes("(RevokeToken)") &&
        john.calls.includes("(GlobalSignOut)"),
      "both are sent",
    );
    await breaks(jane.page);
    const results = await jane.page.evaluate(async () =>
      (await Promise.all(globalThis.kept)).map(show),
    );
    for (const { status } of results) assert.equal(status, "partial");
    assert.equal(results[1].globalSignOutError.error.code, "unknown");
  });

  test("isSigningOut() is false once the sign-out has settled, and with the next engine too", async (t) => {
    const jane = await visit(t);
    await jane.signIn();
    isSilent(jane);
    await begins(jane.page);
    await breaks(jane.page);
    const seen = await jane.page.evaluate(async () => {
      await globalThis.kept;
      const settled = cs.isSigningOut();
      await cs.loadTokens();
      return [settled, cs.isSigningOut()];
    });
    assert.deepEqual(seen, [false, false]);
  });

  test("where nobody was signed in: a session that was stored since stays", async (t) => {
    const jane = await visit(t);
    await jane.page.evaluate(
      (timeoutMs) =>
        new Promise((leaves) => {
          globalThis.kept = cs.signOut({
            hostedUI: "redirect",
            timeoutMs,
            navigate: () => {
              leaves(null);
              return new Promise(() => {});
            },
          });
        }),
      PATIENT_MS,
    );
    const tokens = await jane.signIn();
    const keys = await jane.keys();
    assert.notDeepEqual(keys, []);
    await breaks(jane.page);
    assert.equal((await ends(jane.page)).wasSignedIn, false);
    assert.deepEqual(await jane.keys(), keys);
    assert.equal(jane.areValid(tokens).refresh, true);
  });

  for (const storage of ["local", "cookie"])
    test(`a session of the same user that was stored since keeps all its keys: ${storage}`, async (t) => {
      const jane = await visit(t, {
        config: { storage, cookie: { secure: false } },
      });
      await jane.signIn();
      isSilent(jane);
      const seen = await jane.page.evaluate(
        async ({ storage, prefix, more, second, timeoutMs }) => {
          const { sabotage } = /** @type {any} */ (globalThis);
          const entries = () =>
            (storage === "cookie"
              ? document.cookie.split("; ")
              : Object.entries(localStorage).map((entry) => entry.join("="))
            )
              .filter((entry) => entry.startsWith(prefix))
              .sort();
          const putMore = () => {
            for (const [key, value] of Object.entries(more))
              if (storage === "cookie")
                document.cookie = `${encodeURIComponent(key)}=${value}; path=/`;
              else localStorage.setItem(key, value);
          };
          putMore();
          const running = cs.signOut({ timeoutMs });
          await cs.storeTokens(second);
          putMore();
          const before = entries();
          Object.assign(sabotage, { trapAt: 1, calls: 0 });
          await rejection(cs.loadTokens());
          sabotage.trapAt = 0;
          const { status } = await running;
          return {
            status,
            before: before.length,
            lost: before
              .filter((entry) => !entries().includes(entry))
              .map((entry) => entry.replace(/=.*/, "")),
            stays:
              (await cs.loadTokens())?.refreshToken === second.refreshToken,
          };
        },
        {
          storage,
          prefix: prefixOf(jane),
          more: {
            [`${prefixOf(jane)}${jane.username}.clockDrift`]: "0",
            [`${prefixOf(jane)}${jane.username}.signInDetails`]: "{}",
          },
          second: plain(jane.session()),
          timeoutMs: PATIENT_MS,
        },
      );
      assert.ok(seen.before >= 6, `${seen.before} entries`);
      assert.deepEqual(seen, {
        status: "partial",
        before: seen.before,
        lost: [],
        stays: true,
      });
    });

  test("retry() of the result that takeSignOutResult gave: not complete, since the hosted UI was not visited", async (t) => {
    const jane = await visit(t, {
      client: { logoutUrls: ["https://elsewhere.example/"] },
    });
    await jane.signIn({ origin: "hostedUI" });
    await jane.leaves();
    await jane.page.waitForURL(/\/(logout|error)/);
    await jane.go("/typed");
    const taken = await jane.page.evaluate(async () => {
      globalThis.kept = await cs.takeSignOutResult();
      return show(globalThis.kept);
    });
    assert.equal(taken.hidden.retry, "function");
    await breaks(jane.page);
    const again = await jane.retry();
    assert.equal(again.status, "partial");
    assert.equal(again.hostedUIError.error.code, "unconfirmed");
  });

  test("retry() of a sign-out that followed another tab's: not complete, since nothing was revoked", async (t) => {
    const jane = await visit(t);
    const other = await underWayElsewhere(jane);
    const result = await jane.signOut({ timeoutMs: 300 }, other);
    assert.equal(result.status, "partial");
    assert.equal(result.hidden.retry, "function");
    await breaks(other);
    const again = await jane.retry(other);
    assert.equal(again.status, "partial");
    assert.ok(again.revokeTokenError);
  });

  test("while a sign-out follows another tab's: not complete, since nothing was revoked", async (t) => {
    const jane = await visit(t);
    const other = await underWayElsewhere(jane);
    await begins(other);
    await breaks(other);
    const result = await ends(other);
    assert.equal(result.status, "partial");
    assert.equal(result.revokeTokenError.error.code, "unknown");
  });

  test("before a sign-out, with no other engine, while another tab's is under way: not complete, since nothing was revoked", async (t) => {
    const jane = await visit(t, { missing: FALLBACK });
    const other = await underWayElsewhere(jane);
    await breaks(other, true);
    const result = await jane.signOut({}, other);
    assert.equal(result.status, "partial");
    assert.equal(result.wasSignedIn, true);
    assert.equal(result.revokeTokenError.error.code, "moduleUnavailable");
  });
});

describe(
  "the chunk is late or missing",
  { ...sideBySide(4), ...needs("interceptRequests") },
  () => {
    /**
     * A visitor whose pages wait for the chunk until it comes, or fails.
     * @param {import("node:test").TestContext} t
     * @param {import("./lib/world.mjs").VisitorOptions} [options]
     */
    async function visit(t, options) {
      const jane = await world.visitor(t, { ...options, path: "" });
      /** @type {Route[]} */
      const held = [];
      /** @type {(route: Route) => unknown} */
      let answer = (route) => held.push(route);
      await jane.context.route(/cognito-signout-engine/, (route) =>
        answer(route),
      );
      /** @param {typeof answer} then */
      const answers = async (then) => {
        answer = then;
        for (const route of held.splice(0)) await then(route);
      };
      await jane.go("/");
      return {
        jane,
        comes: () => answers((route) => route.continue()),
        fails: () => answers((route) => route.abort()),
      };
    }

    /** Two sign-outs: one waits for the engine, the other one does not. @param {Visitor} jane @param {boolean} isConfiguredAgain */
    const both = (jane, isConfiguredAgain) =>
      jane.page.evaluate(
        async ({ config, isConfiguredAgain, timeoutMs }) => {
          const waits = cs.signOut({ timeoutMs });
          if (isConfiguredAgain) cs.configure(config).catch(() => {});
          const other = await cs.signOut({ timeoutMs: 0 });
          globalThis.kept = waits;
          return show(other);
        },
        { config: jane.config, isConfiguredAgain, timeoutMs: PATIENT_MS },
      );

    test("a sign-out that waits, and one that does not: the first one revokes what the other has removed", async (t) => {
      const { jane, comes } = await visit(t);
      const tokens = jane.session();
      await put(jane, tokens);
      assert.equal((await both(jane, false)).status, "partial");
      assert.deepEqual(await jane.keys(), []);
      await comes();
      const result = await ends(jane.page);
      assert.equal(result.status, "complete");
      assert.equal(result.wasSignedIn, true);
      assert.deepEqual(jane.areValid(tokens), OVER);
      assert.equal((await jane.heard()).length, 1);
    });

    test("the same, configured again in between, and no engine comes: both hold the token", async (t) => {
      const { jane, fails } = await visit(t);
      await put(jane, jane.session());
      const results = [await both(jane, true)];
      await fails();
      results.push(await ends(jane.page));
      for (const result of results) {
        assert.equal(result.status, "partial");
        assert.equal(result.wasSignedIn, true);
        assert.equal(result.hidden.refreshToken, "string");
      }
      assert.equal((await jane.heard()).length, 1);
    });

    test("two copies of the package sign out at once: both hold the token", async (t) => {
      const { jane, fails } = await visit(t);
      await put(jane, jane.session());
      await jane.page.evaluate(
        async ({ config, timeoutMs }) => {
          // @ts-expect-error the server's copy of the package
          const copy = await import("/package/index.js");
          copy.configure(config).catch(() => {});
          globalThis.kept = Promise.all([
            cs.signOut({ timeoutMs }),
            copy.signOut({ timeoutMs }),
          ]);
        },
        { config: jane.config, timeoutMs: PATIENT_MS },
      );
      await fails();
      const results = await jane.page.evaluate(async () =>
        (await globalThis.kept).map(show),
      );
      for (const result of results) {
        assert.equal(result.status, "partial");
        assert.equal(result.wasSignedIn, true);
        assert.equal(result.hidden.refreshToken, "string");
      }
    });

    test("the page's other clients of the app client hear of it, and each listener hears once", async (t) => {
      const { jane, comes } = await visit(t);
      await put(jane, jane.session());
      const told = () =>
        jane.page.evaluate(() => [
          heard.length,
          /** @type {any} */ (globalThis).copyHeard.length,
        ]);
      await jane.page.evaluate(async (config) => {
        // @ts-expect-error the server's copy of the package
        const copy = await import("/package/index.js");
        copy.configure(config).catch(() => {});
        /** @type {any} */
        const global = globalThis;
        global.copyHeard = [];
        copy.onSignedOut((/** @type {unknown} */ event) =>
          global.copyHeard.push(event),
        );
        globalThis.kept = await cs.signOut({ timeoutMs: 0 });
      }, jane.config);
      assert.deepEqual(await told(), [1, 1]);
      await comes();
      assert.equal((await jane.retry()).status, "complete");
      assert.deepEqual(await told(), [1, 1]);
    });

    test("signOut() never rejects, whatever options it gets", async (t) => {
      const { jane, comes } = await visit(t);
      await jane.page.evaluate(() => {
        const { proxy, revoke } = Proxy.revocable({}, {});
        revoke();
        const odd = new Proxy(
          { timeoutMs: 0 },
          {
            ownKeys() {
              throw new Error("no");
            },
          },
        );
        globalThis.kept = Promise.allSettled([
          cs.signOut(/** @type {any} */ (proxy)),
          cs.signOut(/** @type {any} */ (odd)),
        ]);
      });
      await comes();
      const outcomes = await jane.page.evaluate(async () =>
        (await globalThis.kept).map(
          (/** @type {PromiseSettledResult<unknown>} */ { status }) => status,
        ),
      );
      assert.deepEqual(outcomes, ["fulfilled", "fulfilled"]);
    });

    test("signOut() never rejects, and isSigningOut() never throws, whatever the configuration is", async (t) => {
      const { jane } = await visit(t, { configure: false });
      const seen = await jane.page.evaluate(async (config) => {
        const throws = () => {
          throw new Error("no");
        };
        const seen = [];
        for (const odd of [
          { cookie: Object.defineProperty({}, "domain", { get: throws }) },
          { cookie: { domain: { toString: throws } } },
          { identityPoolId: { toString: throws } },
          { cookie: Symbol("cookie") },
        ]) {
          cs.configure(/** @type {any} */ ({ ...config, ...odd })).catch(
            () => {},
          );
          const isSigningOut = cs.isSigningOut();
          const { status } = await cs.signOut({ timeoutMs: 0 });
          seen.push([isSigningOut, typeof status]);
        }
        return seen;
      }, jane.config);
      assert.deepEqual(seen, Array(4).fill([false, "string"]));
    });

    /**
     * Signs out without an engine, where a session is in a storage of the app's own.
     * @param {Visitor} jane
     * @param {{ isFull?: boolean, users?: string }} [options]
     */
    const signOutOfOwnStorage = (jane, { isFull = false, users } = {}) =>
      jane.page.evaluate(
        async ({ config, entries, isFull }) => {
          const memory = new Map(Object.entries(entries));
          /** @type {boolean[]} */
          const states = [];
          const soon = async (/** @type {() => any} */ act) => {
            await Promise.resolve();
            states.push(cs.isSigningOut());
            return act();
          };
          const storage = {
            getItem: (/** @type {string} */ key) =>
              soon(() => memory.get(key) ?? null),
            setItem: (/** @type {string} */ key, /** @type {string} */ value) =>
              soon(() => {
                if (isFull) throw new Error("full");
                memory.set(key, value);
              }),
            removeItem: (/** @type {string} */ key) =>
              soon(() => void memory.delete(key)),
            keys: () => soon(() => [...memory.keys()]),
          };
          cs.configure({ ...config, storage }).catch(() => {});
          const result = show(await cs.signOut({ timeoutMs: 0 }));
          return {
            result,
            left: [...memory.keys()],
            states,
            after: cs.isSigningOut(),
          };
        },
        {
          config: jane.config,
          entries: {
            ...entriesOf(jane, jane.session()),
            ...(users && { [`${prefixOf(jane)}AuthUserList`]: users }),
          },
          isFull,
        },
      );

    test("isSigningOut() is true while an asynchronous storage is cleared", async (t) => {
      const { jane } = await visit(t, { configure: false });
      const { result, states, after } = await signOutOfOwnStorage(jane);
      assert.equal(result.status, "partial");
      assert.ok(states.length > 0);
      assert.deepEqual(states, Array(states.length).fill(true));
      assert.equal(after, false);
    });

    test("a list of users that can't be written: the tokens are removed all the same", async (t) => {
      const { jane } = await visit(t, { configure: false });
      const { result, left } = await signOutOfOwnStorage(jane, {
        isFull: true,
        users: "jane,joe",
      });
      assert.equal(result.status, "partial");
      assert.equal(result.hidden.refreshToken, "string");
      assert.deepEqual(left, [`${prefixOf(jane)}AuthUserList`]);
    });
  },
);

describe("the engine from a URL of the app's own", sideBySide(2), () => {
  test(
    "it hangs: configure() rejects with moduleUnavailable",
    needs("clock", "interceptRequests"),
    async (t) => {
      const jane = await world.visitor(t, { configure: false });
      await jane.context.route(/hangs\.wasm/, () => {});
      await jane.page.clock.install();
      await jane.page.evaluate(async (config) => {
        // @ts-expect-error the server's copy of the package
        const slim = await import("/package/slim.js");
        slim.setWasmUrl("/hangs.wasm");
        globalThis.kept = undefined;
        void rejection(slim.configure(config)).then(
          (error) => (globalThis.kept = error),
        );
      }, jane.config);
      await jane.page.clock.runFor(30_000);
      await jane.page.waitForFunction(() => globalThis.kept !== undefined);
      const error = await jane.page.evaluate(() => globalThis.kept);
      assert.equal(error.code, "moduleUnavailable");
    },
  );

  test("a fetch that fails before configure(): no rejection is unhandled, and the JavaScript build is used", async (t) => {
    const jane = await world.visitor(t, { configure: false });
    const seen = await jane.page.evaluate(async (config) => {
      /** @type {string[]} */
      const unhandled = [];
      addEventListener("unhandledrejection", ({ reason }) =>
        unhandled.push(reason.message),
      );
      // @ts-expect-error the server's copy of the package
      const slim = await import("/package/slim.js");
      slim.setWasmUrl(Promise.reject(new Error("the fetch")));
      await new Promise((done) => {
        addEventListener("unhandledrejection", done);
        void Promise.reject(new Error("another"));
      });
      return [await rejection(slim.configure(config)), unhandled];
    }, jane.config);
    assert.deepEqual(seen, [null, ["another"]]);
  });
});
