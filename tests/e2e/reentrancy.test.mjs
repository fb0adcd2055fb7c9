// Whatever the package calls may call it again while it is called: it settles, and never traps.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { OVER, sideBySide, until, useWorld } from "./lib/world.mjs";

const world = useWorld();

/**
 * In the page: `meddle` uses all of the package that can be used at once, and notes what has to settle. What it calls may
 * call it, and it then does nothing; in all it acts sixty times, often enough to be there at every place. It stands alone.
 */
function meddler() {
  let left = 0;
  let busy = false;
  /** @type {Promise<any>[]} */
  let running = [];
  /** @type {string[]} */
  const unhandled = [];
  addEventListener("unhandledrejection", ({ reason }) =>
    unhandled.push(String(reason)),
  );
  addEventListener("error", ({ message }) => unhandled.push(message));
  const meddle = () => {
    if (left === 0 || busy) return;
    busy = true;
    left--;
    const { cs } = globalThis;
    cs.isSigningOut();
    running.push(
      cs.signOut({ global: left % 2 === 1, hostedUI: "none" }),
      cs.loadTokens(),
      cs.takeSignOutResult(),
    );
    cs.onSignedOut(() => {})();
    busy = false;
  };
  /** @param {any} target @param {string} name */
  const around = (target, name) => {
    const real = target[name];
    /** @this {any} @param {...any} args */
    target[name] = function (...args) {
      meddle();
      return Reflect.apply(real, this ?? globalThis, args);
    };
    return () => (target[name] = real);
  };
  /** @param {(value: any) => any} [answer] */
  const storage = (answer = (value) => value) => {
    const memory = new Map();
    /** @param {() => any} act */
    const perform = (act) => {
      meddle();
      return answer(act());
    };
    return {
      getItem: (/** @type {string} */ key) =>
        perform(() => memory.get(key) ?? null),
      setItem: (/** @type {string} */ key, /** @type {string} */ value) =>
        perform(() => void memory.set(key, value)),
      removeItem: (/** @type {string} */ key) =>
        perform(() => void memory.delete(key)),
    };
  };
  /** A signal of another make. */
  const signal = () => {
    /** @type {any[]} */
    const listeners = [];
    let aborted = false;
    return {
      get aborted() {
        meddle();
        return aborted;
      },
      addEventListener: (/** @type {string} */ _, /** @type {any} */ act) => {
        meddle();
        listeners.push(act);
      },
      removeEventListener: (
        /** @type {string} */ _,
        /** @type {any} */ act,
      ) => {
        meddle();
        listeners.splice(listeners.indexOf(act) >>> 0, 1);
      },
      abort() {
        aborted = true;
        for (const act of [...listeners]) if (listeners.includes(act)) act();
      },
    };
  };
  const logger = { debug: meddle, warn: meddle };
  const proto = Storage.prototype;
  const options = () => ({
    get global() {
      meddle();
      return false;
    },
    get timeoutMs() {
      meddle();
      return 60_000;
    },
  });
  /** Each place: how it is prepared before the sign-out, its options, and how it is put back. @type {Record<string, () => any>} */
  const places = {
    "a getter of the options": () => ({ options: options() }),
    "a listener": () => ({ undo: globalThis.cs.onSignedOut(meddle) }),
    "localStorage.getItem": () => ({ undo: around(proto, "getItem") }),
    "localStorage.setItem": () => ({ undo: around(proto, "setItem") }),
    "localStorage.removeItem": () => ({ undo: around(proto, "removeItem") }),
    fetch: () => ({ undo: around(globalThis, "fetch") }),
    "performance.now": () => ({ undo: around(performance, "now") }),
    "Math.random": () => ({ undo: around(Math, "random") }),
    setTimeout: () => ({ undo: around(globalThis, "setTimeout") }),
    clearTimeout: () => ({ undo: around(globalThis, "clearTimeout") }),
    "a signal": () => {
      const own = signal();
      return { options: { signal: own, timeoutMs: 60_000 }, abort: own.abort };
    },
    navigate: () => ({
      options: {
        hostedUI: "redirect",
        navigate: () => {
          meddle();
          throw new Error("no way out");
        },
      },
    }),
  };
  Object.assign(globalThis, {
    meddler: {
      configs: {
        "a logger": { logger },
        "a storage of the app's own": { storage: storage() },
        "an asynchronous storage": {
          storage: storage((v) => Promise.resolve(v)),
        },
      },
      places,
      /** Signs out at a place; all that was begun settles. @param {string} name */
      async act(name) {
        const { options, undo, abort } = places[name]?.() ?? {};
        running = [];
        left = 60;
        const outer = globalThis.cs.signOut(options);
        abort?.();
        const results = [await globalThis.settled(outer, 60_000)];
        while (running.length > 0)
          results.push(
            await globalThis.settled(
              /** @type {any} */ (running.pop()),
              60_000,
            ),
          );
        undo?.();
        await new Promise((resolve) => setTimeout(resolve));
        const acted = 60 - left;
        left = 0;
        return {
          acted: acted > 0,
          pending: results.filter((result) => result === "pending").length,
          stays: results.filter((result) => result?.signedOutLocally === false)
            .length,
          signingOut: globalThis.cs.isSigningOut(),
          loaded: await globalThis.cs.loadTokens(),
          unhandled,
        };
      },
    },
  });
}

const CALM = {
  acted: true,
  pending: 0,
  stays: 0,
  signingOut: false,
  loaded: null,
  unhandled: [],
};

const PLACES = [
  "a getter of the options",
  "a listener",
  "localStorage.getItem",
  "localStorage.setItem",
  "localStorage.removeItem",
  "fetch",
  "performance.now",
  "setTimeout",
  "clearTimeout",
  "a signal",
  "navigate",
];

describe("re-entrancy", sideBySide(4), () => {
  for (const place of PLACES)
    test(`${place} that calls the package: all calls settle, and the user is signed out`, async (t) => {
      const jane = await world.visitor(t, { init: meddler });
      const tokens = await jane.signIn();
      // So that there is a pause, and a timer.
      jane.fault({
        operation: "RevokeToken",
        times: 1,
        answer: { type: "TooManyRequestsException" },
      });
      assert.deepEqual(
        await jane.page.evaluate(
          (place) => /** @type {any} */ (globalThis).meddler.act(place),
          place,
        ),
        CALM,
      );
      assert.deepEqual(await jane.keys(), []);
      if (place !== "a signal")
        await until(
          () => !world.control.isTokenValid(tokens.refreshToken),
          "it is revoked",
        );
      // The promise was kept; the next one is too.
      const next = await jane.signIn();
      assert.equal((await jane.signOut()).status, "complete");
      assert.deepEqual(jane.areValid(next), OVER);
    });

  for (const what of [
    "a logger",
    "a storage of the app's own",
    "an asynchronous storage",
  ])
    test(`${what} that calls the package: all calls settle, and the user is signed out`, async (t) => {
      const jane = await world.visitor(t, { init: meddler, configure: false });
      const { accessToken, refreshToken } = jane.session();
      const seen = await jane.page.evaluate(async ([config, what, tokens]) => {
        const { meddler } = /** @type {any} */ (globalThis);
        await cs.configure({ ...config, ...meddler.configs[what] });
        await cs.storeTokens(tokens);
        return meddler.act("");
      }, /** @type {[any, string, any]} */ ([jane.config, what, { accessToken, refreshToken }]));
      assert.deepEqual(seen, CALM);
      await until(
        () => !world.control.isTokenValid(refreshToken),
        "it is revoked",
      );
    });

  test("a retry from within a listener is the same retry", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn();
    jane.fault({
      operation: "RevokeToken",
      times: 1,
      answer: { type: "NotAuthorizedException", message: "Not now." },
    });
    const seen = await jane.page.evaluate(async () => {
      /** @type {any} */
      const result = await cs.signOut({ timeoutMs: 60_000 });
      /** @type {Promise<any>[]} */
      const inner = [];
      cs.onSignedOut(() => void inner.push(result.retry()));
      const again = await result.retry();
      return [result, again, ...(await Promise.all(inner))].map(
        ({ status }) => status,
      );
    });
    assert.equal(seen[0], "partial");
    for (const status of seen.slice(1)) assert.equal(status, "complete");
    assert.deepEqual(jane.calls, ["(RevokeToken)", "RevokeToken"]);
  });
});
