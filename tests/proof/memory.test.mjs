// What a call on an asynchronous storage saw is let go with the call: counted by weak references after a collection.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { sideBySide, useWorld } from "../e2e/lib/world.mjs";

const world = useWorld({ args: ["--js-flags=--expose-gc"] });

/** Many calls, and what a bounded cache or the call just past may keep of them. */
const CALLS = 2000;
const KEPT = 20;

/**
 * Counts what lives on: the functions that are handed to promises, timers and `keys()`'s arrays. It stands alone.
 */
function census() {
  /** @type {WeakRef<object>[]} */
  const functions = [];
  /** @type {WeakRef<object>[]} */
  const lists = [];
  const { then } = Promise.prototype;
  /** @type {any} */
  const global = globalThis;
  global.counting = false;
  /** @param {unknown} given */
  const note = (given) => {
    if (global.counting && typeof given === "function")
      functions.push(new WeakRef(given));
  };
  /** @type {any} */ (Promise.prototype).then = function (
    /** @type {any[]} */ ...given
  ) {
    given.forEach(note);
    return then.apply(this, /** @type {any} */ (given));
  };
  const timeout = globalThis.setTimeout;
  global.setTimeout = (/** @type {any[]} */ ...given) => {
    note(given[0]);
    return /** @type {any} */ (timeout)(...given);
  };
  const { all } = Promise;
  Promise.all = /** @type {any} */ (
    (/** @type {any[]} */ asked) =>
      all.call(Promise, asked).then((list) => {
        if (global.counting) lists.push(new WeakRef(/** @type {any} */ (list)));
        return list;
      })
  );
  // The engine's callbacks: the glue registers each, and takes it off the list when the engine lets it go.
  const closures = { registered: 0, released: 0 };
  const Registry = FinalizationRegistry;
  global.FinalizationRegistry = class extends Registry {
    constructor(/** @type {(held: any) => void} */ release) {
      super((held) => {
        closures.released++;
        release(held);
      });
    }
    /** @param {[any, any, any]} given */
    register(...given) {
      closures.registered++;
      super.register(...given);
    }
    /** @param {any} token */
    unregister(token) {
      const was = super.unregister(token);
      closures.released += Number(was);
      return was;
    }
  };
  // What the engine holds of JavaScript, and its own memory.
  /** @type {WebAssembly.Exports[]} */
  const engines = [];
  const { instantiate } = WebAssembly;
  /** @type {any} */ (WebAssembly).instantiate = async (
    /** @type {[any, any]} */ ...given
  ) => {
    const made = /** @type {any} */ (await instantiate(...given));
    engines.push((made.instance ?? made).exports);
    return made;
  };
  const held = () => {
    const parts = engines.flatMap((exports) => Object.values(exports));
    let [references, bytes] = [0, 0];
    for (const part of parts) {
      if (part instanceof WebAssembly.Memory) bytes += part.buffer.byteLength;
      if (part instanceof WebAssembly.Table)
        for (let i = 0; i < part.length; i++)
          references += Number(
            typeof part.get(i) === "object" && part.get(i) !== null,
          );
    }
    return { references, bytes };
  };
  /** Collects, and counts what is still there. */
  global.alive = async () => {
    for (let i = 0; i < 5; i++) {
      await new Promise((resolve) => timeout(resolve, 20));
      global.gc();
    }
    await new Promise((resolve) => timeout(resolve, 20));
    const count = (/** @type {WeakRef<object>[]} */ refs) =>
      refs.filter((ref) => ref.deref()).length;
    return {
      made: functions.length,
      functions: count(functions),
      lists: count(lists),
      closures: closures.registered - closures.released,
      ...held(),
    };
  };
  const memory = new Map();
  global.memory = memory;
  global.how = "async";
  /** @param {() => any} act */
  const perform = (act) => {
    const { how } = global;
    if (how === "never") return new Promise(() => {});
    if (how === "rejects") return Promise.reject(new Error("no storage today"));
    return Promise.resolve().then(act);
  };
  global.custom = {
    getItem: (/** @type {string} */ key) =>
      perform(() => memory.get(key) ?? null),
    setItem: (/** @type {string} */ key, /** @type {string} */ value) =>
      perform(() => void memory.set(key, value)),
    removeItem: (/** @type {string} */ key) =>
      perform(() => void memory.delete(key)),
  };
}

/** @param {import("node:test").TestContext} t @param {object} [config] */
async function counted(t, config) {
  const jane = await world.visitor(t, { configure: false, init: census });
  await jane.page.evaluate(
    async ([config, more]) => {
      const { custom } = /** @type {any} */ (globalThis);
      await cs.configure({ ...config, storage: custom, ...more });
    },
    /** @type {const} */ ([jane.config, config ?? {}]),
  );
  return jane;
}

/** @param {import("../e2e/lib/world.mjs").Visitor} jane */
const alive = async (jane) => {
  const seen = await jane.page.evaluate(() =>
    /** @type {any} */ (globalThis).alive(),
  );
  assert.ok(seen.made > 0, "the census sees what it counts");
  assert.ok(seen.bytes > 0 && seen.closures > 0, "the engine is counted too");
  return seen;
};

/** @param {import("../e2e/lib/world.mjs").Visitor} jane @param {string} [how] */
const count = (jane, how = "async") =>
  jane.page.evaluate((how) => {
    Object.assign(globalThis, { counting: true, how });
  }, how);

/** @param {any} seen */
function assertFlat(seen) {
  assert.ok(seen.functions <= KEPT, `${JSON.stringify(seen)} functions`);
  assert.ok(seen.lists <= KEPT, `${JSON.stringify(seen)} lists of tokens`);
  // Beside those of the calls, some live as long as the engine.
  assert.ok(seen.closures <= KEPT, `${JSON.stringify(seen)} closures`);
  assert.ok(seen.references <= 10 * KEPT, `${JSON.stringify(seen)} references`);
}

describe("memory", sideBySide(2), () => {
  test("loadTokens, two thousand times", async (t) => {
    const jane = await counted(t);
    await jane.signIn();
    await count(jane);
    const loaded = await jane.page.evaluate(async (calls) => {
      let loaded = 0;
      for (let i = 0; i < calls; i++)
        loaded += Number(!!(await cs.loadTokens()));
      return loaded;
    }, CALLS);
    assert.equal(loaded, CALLS);
    assertFlat(await alive(jane));
  });

  test("storeTokens, refreshTokens and signOut, again and again", async (t) => {
    const jane = await counted(t);
    const sessions = Array.from({ length: 40 }, () => {
      const { accessToken, idToken, refreshToken } = jane.session();
      return { accessToken, idToken, refreshToken };
    });
    await count(jane);
    const done = await jane.page.evaluate(async (sessions) => {
      let done = 0;
      for (const session of sessions) {
        await cs.storeTokens(session);
        if (done % 10 === 0) await cs.refreshTokens();
        const { status } = await cs.signOut({ timeoutMs: 60_000 });
        done += Number(status === "complete");
      }
      // The storage is read back once more after two seconds; then the last run is over.
      await new Promise((resolve) => setTimeout(resolve, 3000));
      return done;
    }, sessions);
    assert.equal(done, sessions.length);
    assertFlat(await alive(jane));
  });

  test("a storage that rejects", async (t) => {
    const jane = await counted(t);
    await count(jane, "rejects");
    const codes = await jane.page.evaluate(async () => {
      const codes = new Set();
      for (let i = 0; i < 500; i++)
        codes.add(await cs.loadTokens().catch(({ code }) => code));
      return [...codes];
    });
    assert.deepEqual(codes, ["storage"]);
    assertFlat(await alive(jane));
  });

  test("a storage whose promises never settle", async (t) => {
    const jane = await counted(t);
    await count(jane, "never");
    const codes = await jane.page.evaluate(async () => {
      const calls = Array.from({ length: 200 }, () =>
        cs.loadTokens().catch(({ code }) => code),
      );
      return [...new Set(await Promise.all(calls))];
    });
    assert.deepEqual(codes, ["storage"]);
    assertFlat(await alive(jane));
  });

  test("retries", async (t) => {
    const jane = await counted(t);
    await jane.signIn();
    const fault = jane.fault({ operation: "RevokeToken", drop: true });
    await count(jane);
    const statuses = await jane.page.evaluate(async () => {
      const statuses = new Set();
      let result = await cs.signOut({ hostedUI: "none", timeoutMs: 0 });
      for (let i = 0; i < 3 && result.status === "partial"; i++) {
        statuses.add(result.status);
        result = (await result.retry?.()) ?? result;
      }
      return [...statuses];
    });
    assert.deepEqual(statuses, ["partial"]);
    jane.control.removeFault(fault.id);
    await jane.page.evaluate(async () => {
      await new Promise((resolve) => setTimeout(resolve, 3000));
    });
    assertFlat(await alive(jane));
  });
});
