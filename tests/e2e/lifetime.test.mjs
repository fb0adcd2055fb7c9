// Clients that come and go: what a page still holds after many configure() and createClient(), and what dispose() ends.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { sideBySide, until, useWorld } from "./lib/world.mjs";

const world = useWorld();

/** Counts what the package holds of the page. */
function countHeld() {
  /** @type {any} */
  const page = globalThis;
  const held = { channels: 0, listeners: 0 };
  page.held = held;
  const { BroadcastChannel } = page;
  page.BroadcastChannel = class extends BroadcastChannel {
    isOpen = true;
    /** @param {string} name */
    constructor(name) {
      super(name);
      held.channels++;
    }
    close() {
      if (this.isOpen) held.channels--;
      this.isOpen = false;
      super.close();
    }
  };
  const { addEventListener, removeEventListener } = page;
  /** @type {Set<unknown>} */
  const listeners = new Set();
  const COUNTED = ["storage", "pageshow", "pagehide", "online"];
  page.addEventListener = function (/** @type {[string, unknown]} */ ...args) {
    if (COUNTED.includes(args[0])) listeners.add(args[1]);
    held.listeners = listeners.size;
    return addEventListener.apply(page, args);
  };
  page.removeEventListener = function (
    /** @type {[string, unknown]} */ ...args
  ) {
    listeners.delete(args[1]);
    held.listeners = listeners.size;
    return removeEventListener.apply(page, args);
  };
}

/** @param {import("playwright-core").Page} page */
const heldBy = (page) =>
  page.evaluate(() => ({ .../** @type {any} */ (globalThis).held }));

/**
 * Whether the page holds no more than this, once what was under way is over.
 * @param {import("playwright-core").Page} page
 * @param {{ channels: number, listeners: number }} most
 */
const fallsTo = (page, most) =>
  until(
    async () => {
      const { channels, listeners } = await heldBy(page);
      return channels <= most.channels && listeners <= most.listeners;
    },
    `the page holds no more than ${JSON.stringify(most)}`,
  );

const NOTHING = { channels: 0, listeners: 0 };

/** Collects the page's garbage; what Rust is told of it by a FinalizationRegistry, too. @param {import("playwright-core").Page} page */
async function collect(page) {
  const session = await page.context().newCDPSession(page);
  for (let times = 0; times < 3; times++) {
    await session.send("HeapProfiler.collectGarbage");
    await page.evaluate(() => new Promise((done) => setTimeout(done)));
  }
}

/**
 * How many of the objects whose references the page has kept are still alive, after a collection.
 * @param {import("playwright-core").Page} page
 */
async function aliveOfKept(page) {
  await collect(page);
  return page.evaluate(
    () =>
      globalThis.kept.filter((/** @type {WeakRef<object>} */ ref) =>
        ref.deref(),
      ).length,
  );
}

/** A visitor whose page counts, and has configured nothing. @param {import("node:test").TestContext} t @param {object} [options] */
const counted = (t, options) =>
  world.visitor(t, { init: countHeld, configure: false, ...options });

describe("configured anew", sideBySide(3), () => {
  test("many times, each with a logger of its own: one channel, and the old loggers can be collected", async (t) => {
    const jane = await counted(t);
    const { page } = jane;
    const once = await page.evaluate(async (config) => {
      await cs.configure({ ...config, logger: { debug() {}, warn() {} } });
      return { .../** @type {any} */ (globalThis).held };
    }, jane.config);
    assert.equal(once.channels, 1);
    await page.evaluate(async (config) => {
      globalThis.kept = [];
      for (let times = 0; times < 20; times++) {
        const logger = { debug() {}, warn() {} };
        globalThis.kept.push(new WeakRef(logger));
        await cs.configure({ ...config, logger });
      }
    }, jane.config);
    assert.deepEqual(await heldBy(page), once);
    const alive = await aliveOfKept(page);
    assert.ok(alive <= 2, `${alive} of 20 loggers are alive`);
  });

  test("with other client ids, storages and hosted UIs: only the last one's channel is open", async (t) => {
    const jane = await counted(t);
    await jane.page.evaluate(async (config) => {
      for (let times = 0; times < 10; times++) {
        const items = new Map();
        await cs.configure({
          ...config,
          userPoolClientId: `${config.userPoolClientId}${times % 3}`,
          storage: {
            getItem: (/** @type {string} */ key) => items.get(key) ?? null,
            setItem: (/** @type {string} */ key, /** @type {string} */ value) =>
              void items.set(key, value),
            removeItem: (/** @type {string} */ key) => void items.delete(key),
          },
        });
      }
    }, jane.config);
    await fallsTo(jane.page, { channels: 1, listeners: 2 });
  });

  test("not awaited, and refused: nothing is held of those", async (t) => {
    const jane = await counted(t);
    await jane.page.evaluate(async (config) => {
      for (let times = 0; times < 5; times++) {
        const logger = { debug() {}, warn() {} };
        void cs.configure({ ...config, logger });
        cs.configure({ ...config, userPoolId: "nonsense" }).catch(() => {});
        void cs.configure({
          ...config,
          userPoolClientId: `${config.userPoolClientId}${times}`,
        });
      }
      await cs.configure(config);
    }, jane.config);
    await fallsTo(jane.page, { channels: 1, listeners: 2 });
  });

  /** What is configured while a sign-out is under way. @type {Record<string, { more?: object, logger?: boolean, storage?: boolean }>} */
  const NEXT = {
    "the same configuration": {},
    "a logger of its own": { logger: true },
    "no hosted UI": { more: { hostedUI: null } },
    "another storage": { more: { storage: "session" } },
    "a storage of its own": { storage: true },
    "another app client": { more: { userPoolClientId: "7another1client7" } },
  };
  for (const [what, next] of Object.entries(NEXT))
    for (const back of [false, true])
      test(`during a sign-out, with ${what}${back ? ", and back" : ""}: it is the tab's own, told once, and lasts until it has settled`, async (t) => {
        const jane = await counted(t);
        const { page, config } = jane;
        await page.evaluate((config) => cs.configure(config), config);
        const before = await heldBy(page);
        const tokens = await jane.signIn();
        const release = jane.hold("RevokeToken");
        await page.evaluate(
          async ({ config, next, back }) => {
            // As apps do: to know who is signed in.
            await cs.loadTokens();
            globalThis.kept = cs.signOut({ timeoutMs: 60_000 });
            await cs.configure({
              ...config,
              ...next.more,
              ...(next.logger && { logger: { debug() {}, warn() {} } }),
              ...(next.storage && {
                storage: {
                  getItem: () => null,
                  setItem() {},
                  removeItem() {},
                },
              }),
            });
            if (back) await cs.configure(config);
            await cs.loadTokens();
          },
          { config, next, back },
        );
        const during = await page.evaluate(async () => {
          // What other clients say on a channel comes a moment later.
          for (let times = 0; times < 20; times++)
            await new Promise((done) => setTimeout(done));
          return { busy: cs.isSigningOut(), heard };
        });
        assert.equal(during.busy, true);
        assert.ok(during.heard.every(({ reason }) => reason === "signOut"));
        release();
        const after = await page.evaluate(async () => {
          const { status } = await globalThis.kept;
          for (let times = 0; times < 20; times++)
            await new Promise((done) => setTimeout(done));
          return { status, busy: cs.isSigningOut(), heard };
        });
        assert.deepEqual(after, {
          status: "complete",
          busy: false,
          heard: [{ reason: "signOut", global: false, redirecting: false }],
        });
        assert.deepEqual(jane.calls, ["RevokeToken"]);
        assert.equal(jane.areValid(tokens).refresh, false);
        await fallsTo(page, before);
      });

  test("behind a sign-out that waits for the engine: it ends the user of the configuration that it was called with", async (t) => {
    const jane = await counted(t);
    const john = await world.visitor(t, { path: "" });
    const [hers, his] = [jane.session(), john.session()];
    const key = (/** @type {string} */ clientId) =>
      `CognitoIdentityServiceProvider.${clientId}`;
    const status = await jane.page.evaluate(
      async ({ configs, stored }) => {
        for (const [key, token] of stored) {
          localStorage.setItem(`${key}.LastAuthUser`, "u");
          localStorage.setItem(`${key}.u.refreshToken`, token);
        }
        void cs.configure(configs[0]);
        const result = cs.signOut({ hostedUI: "none" });
        await cs.configure(configs[1]);
        return (await result).status;
      },
      {
        configs: [jane.config, john.config],
        stored: /** @type {[string, string][]} */ ([
          [key(jane.clientId), hers.refreshToken],
          [key(john.clientId), his.refreshToken],
        ]),
      },
    );
    assert.equal(status, "complete");
    assert.equal(jane.areValid(hers).refresh, false);
    assert.equal(jane.areValid(his).refresh, true);
  });

  test("with its session in memory: the session stays", async (t) => {
    const jane = await counted(t);
    const { accessToken, refreshToken } = jane.session();
    const there = await jane.page.evaluate(
      async ({ config, tokens }) => {
        const logger = () => ({ debug() {}, warn() {} });
        config.storage = "memory";
        await cs.configure({ ...config, logger: logger() });
        await cs.storeTokens(tokens);
        await cs.configure({ ...config, logger: logger() });
        return !!(await cs.loadTokens());
      },
      { config: jane.config, tokens: { accessToken, refreshToken } },
    );
    assert.equal(there, true);
  });
});

describe("dispose()", sideBySide(3), () => {
  test("nothing is held, and what is called later says so", async (t) => {
    const jane = await counted(t);
    const { accessToken, refreshToken } = jane.session();
    const seen = await jane.page.evaluate(
      async ({ config, tokens }) => {
        const client = cs.createClient(config);
        const token = tokens.refreshToken;
        await client.storeTokens(tokens);
        client.onSignedOut((event) => heard.push(event));
        client.dispose();
        client.dispose();
        const unsubscribe = client.onSignedOut(() => {});
        unsubscribe();
        /** @type {Record<string, any>} */
        const codes = { isSigningOut: client.isSigningOut() };
        const { status, error } = show(await client.signOut());
        codes.signOut = [status, error.code, error.message];
        for (const [name, call] of Object.entries({
          storeTokens: () => client.storeTokens(tokens),
          loadTokens: () => client.loadTokens(),
          refreshTokens: () => client.refreshTokens(),
          takeSignOutResult: () => client.takeSignOutResult(),
          revokeToken: () => client.revokeToken(token),
          globalSignOut: () => client.globalSignOut(tokens.accessToken),
        }))
          codes[name] = (await rejection(call())).code;
        return codes;
      },
      { config: jane.config, tokens: { accessToken, refreshToken } },
    );
    const { signOut, ...others } = seen;
    assert.deepEqual(signOut.slice(0, 2), ["failed", "invalidState"]);
    assert.match(signOut[2], /dispose/);
    assert.deepEqual(others, {
      isSigningOut: false,
      storeTokens: "invalidState",
      loadTokens: "invalidState",
      refreshTokens: "invalidState",
      takeSignOutResult: "invalidState",
      revokeToken: "invalidState",
      globalSignOut: "invalidState",
    });
    assert.deepEqual(jane.calls, []);
    // The session is the browser's, not the client's.
    assert.ok((await jane.keys()).length > 0);
    await fallsTo(jane.page, NOTHING);
  });

  test("before the engine is there, and of a refused configuration: nothing is held", async (t) => {
    const jane = await counted(t);
    await jane.page.evaluate(async (config) => {
      cs.createClient(config).dispose();
      const refused = cs.createClient(/** @type {any} */ ({}));
      await rejection(refused.loadTokens());
      refused.dispose();
      cs.createClient(/** @type {any} */ (null)).dispose();
      await cs.preload();
    }, jane.config);
    await fallsTo(jane.page, NOTHING);
  });

  test("thirty clients made and disposed: channels, listeners and memory are as before", async (t) => {
    const jane = await counted(t);
    const { page } = jane;
    await page.evaluate(async (config) => {
      globalThis.kept = [];
      for (let times = 0; times < 30; times++) {
        const client = cs.createClient({
          ...config,
          storage: times % 3 === 0 ? "memory" : "local",
          logger: { debug() {}, warn() {} },
        });
        await client.loadTokens();
        globalThis.kept.push(new WeakRef(client));
        client.dispose();
      }
    }, jane.config);
    await fallsTo(page, NOTHING);
    const alive = await aliveOfKept(page);
    assert.ok(alive <= 2, `${alive} of 30 clients are alive`);
  });

  test("during a sign-out: it ends as it would have, the listeners are told once, and then all is gone", async (t) => {
    const jane = await counted(t);
    const { page } = jane;
    const { accessToken, refreshToken } = jane.session();
    const release = jane.hold("RevokeToken");
    const during = await page.evaluate(
      async ({ config, tokens }) => {
        const client = cs.createClient(config);
        await client.storeTokens(tokens);
        client.onSignedOut((event) => heard.push(event));
        const result = client.signOut({ timeoutMs: 60_000 });
        client.dispose();
        globalThis.kept = { client, result };
        return {
          busy: client.isSigningOut(),
          again: show(await client.signOut()).status,
        };
      },
      { config: jane.config, tokens: { accessToken, refreshToken } },
    );
    assert.deepEqual(during, { busy: true, again: "failed" });
    assert.deepEqual(await jane.heard(), []);
    release();
    const after = await page.evaluate(async () => {
      const { client, result } = globalThis.kept;
      return [(await result).status, client.isSigningOut()];
    });
    assert.deepEqual(after, ["complete", false]);
    const told = await jane.heard();
    assert.deepEqual(told, [
      { reason: "signOut", global: false, redirecting: false },
    ]);
    assert.deepEqual(jane.calls, ["RevokeToken"]);
    assert.deepEqual(await jane.keys(), []);
    await fallsTo(page, NOTHING);
  });

  test("behind a sign-out that waits for the engine: it is done", async (t) => {
    const jane = await counted(t);
    const { refreshToken } = jane.session();
    const status = await jane.page.evaluate(
      async ({ config, key, token }) => {
        localStorage.setItem(`${key}.LastAuthUser`, "u");
        localStorage.setItem(`${key}.u.refreshToken`, token);
        const client = cs.createClient(config);
        const result = client.signOut();
        client.dispose();
        return (await result).status;
      },
      {
        config: jane.config,
        key: `CognitoIdentityServiceProvider.${jane.clientId}`,
        token: refreshToken,
      },
    );
    assert.equal(status, "complete");
    assert.deepEqual(jane.calls, ["RevokeToken"]);
    await fallsTo(jane.page, NOTHING);
  });

  test("a result outlives its client: retry() does what failed, and nothing is held after", async (t) => {
    const jane = await counted(t);
    const tokens = jane.session();
    const { accessToken, refreshToken } = tokens;
    jane.fault({
      operation: "RevokeToken",
      times: 1,
      answer: { type: "ForbiddenException" },
    });
    const statuses = await jane.page.evaluate(
      async ({ config, tokens }) => {
        const client = cs.createClient(config);
        await client.storeTokens(tokens);
        /** @type {any} */
        const result = await client.signOut({ timeoutMs: 60_000 });
        client.dispose();
        return [result.status, (await result.retry()).status];
      },
      { config: jane.config, tokens: { accessToken, refreshToken } },
    );
    assert.deepEqual(statuses, ["partial", "complete"]);
    assert.equal(jane.areValid(tokens).refresh, false);
    await fallsTo(jane.page, NOTHING);
  });

  test("of one of two clients of the same configuration (React's double effects): the other goes on", async (t) => {
    const jane = await counted(t);
    const { accessToken, refreshToken } = jane.session();
    const seen = await jane.page.evaluate(
      async ({ config, tokens }) => {
        /** @type {any[]} */
        const told = [[], []];
        const make = (/** @type {number} */ index) => {
          const client = cs.createClient(config);
          client.onSignedOut(({ reason }) => told[index].push(reason));
          return client;
        };
        const first = make(0);
        const second = make(1);
        await first.storeTokens(tokens);
        first.dispose();
        const loaded = !!(await second.loadTokens());
        const { held } = /** @type {any} */ (globalThis);
        const channels = held.channels;
        const { status } = await second.signOut();
        second.dispose();
        return { loaded, channels, status, told };
      },
      { config: jane.config, tokens: { accessToken, refreshToken } },
    );
    assert.deepEqual(seen, {
      loaded: true,
      channels: 1,
      status: "complete",
      told: [[], ["signOut"]],
    });
    await fallsTo(jane.page, NOTHING);
  });

  test("and made again: the result of the page before is there for both (React's double effects)", async (t) => {
    const jane = await counted(t);
    const { accessToken, refreshToken } = jane.session();
    await jane.page.evaluate(
      async ({ config, tokens }) => {
        const client = cs.createClient(config);
        await client.storeTokens({ ...tokens, signInMethod: "hostedUI" });
        globalThis.ready = false;
        setTimeout(() => void client.signOut({ appState: 7 }));
      },
      { config: jane.config, tokens: { accessToken, refreshToken } },
    );
    await until(
      () => jane.page.evaluate(() => globalThis.ready).catch(() => false),
      "the page is back",
    );
    const states = await jane.page.evaluate(async (config) => {
      /** @type {any[]} */
      const states = [];
      for (let times = 0; times < 2; times++) {
        const client = cs.createClient(config);
        states.push((await client.takeSignOutResult())?.appState);
        client.dispose();
      }
      return states;
    }, jane.config);
    assert.deepEqual(states, [7, 7]);
  });

  test("numbers are not used twice: a later client hears nothing of an earlier one", async (t) => {
    const jane = await counted(t);
    const john = await world.visitor(t, { path: "" });
    const { accessToken, refreshToken } = jane.session();
    const release = jane.hold("RevokeToken");
    const told = await jane.page.evaluate(
      async ({ configs, tokens }) => {
        const first = cs.createClient(configs[0]);
        await first.storeTokens(tokens);
        globalThis.kept = first.signOut({ timeoutMs: 60_000 });
        first.dispose();
        const second = cs.createClient(configs[1]);
        second.onSignedOut((event) => heard.push(event));
        await second.loadTokens();
        return heard.length;
      },
      {
        configs: [jane.config, john.config],
        tokens: { accessToken, refreshToken },
      },
    );
    assert.equal(told, 0);
    release();
    await jane.page.evaluate(() => globalThis.kept);
    assert.deepEqual(await jane.heard(), []);
  });
});
