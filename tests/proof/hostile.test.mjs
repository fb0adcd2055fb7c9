// A page that lies, throws, polluted its prototypes or lost its clock: every sign-out settles, and what it says is so, judged from outside
// the page: by what the browser has stored, and by what Cognito takes.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ready, sideBySide, until, useWorld } from "../e2e/lib/world.mjs";

const world = useWorld();

/**
 * What a page does to itself, once its user is signed in; each stands alone.
 * @type {Record<string, () => void>}
 */
const LATE = {
  "removeItem throws": () => {
    Storage.prototype.removeItem = () => {
      throw new Error("no");
    };
  },
  "removeItem does nothing": () => {
    Storage.prototype.removeItem = () => {};
  },
  "removeItem signs out and loads again": () => {
    const { removeItem } = Storage.prototype;
    let depth = 0;
    Storage.prototype.removeItem = function (/** @type {string} */ key) {
      if (depth++ < 3) {
        void cs.signOut();
        void cs.loadTokens();
      }
      return removeItem.call(this, key);
    };
  },
  "getItem throws a string": () => {
    Storage.prototype.getItem = () => {
      // eslint-disable-next-line typescript/only-throw-error -- pages do
      throw "no";
    };
  },
  "localStorage can't be had": () => {
    Object.defineProperty(globalThis, "localStorage", {
      get() {
        throw new DOMException("denied", "SecurityError");
      },
    });
  },
  "a full storage": () => {
    Storage.prototype.setItem = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
  },
  "fetch throws": () => {
    globalThis.fetch = () => {
      throw new Error("no");
    };
  },
  "fetch rejects with a string": () => {
    globalThis.fetch = () => Promise.reject("no");
  },
  "fetch lies: a success that Cognito never saw": () => {
    globalThis.fetch = () =>
      Promise.resolve(new Response("<html>", { status: 200 }));
  },
  "fetch signs out again": () => {
    const { fetch } = globalThis;
    let depth = 0;
    globalThis.fetch = (...args) => {
      if (depth++ < 3) void cs.signOut({ global: true });
      return fetch(...args);
    };
  },
  "fetch gives a thenable that settles twice": () => {
    const { fetch } = globalThis;
    globalThis.fetch = /** @type {any} */ (
      (/** @type {any[]} */ ...args) => ({
        /** @param {any} resolve @param {any} reject */
        then(resolve, reject) {
          void fetch(.../** @type {[any]} */ (args)).then((answer) => {
            resolve(answer);
            reject(new Error("no"));
          }, reject);
        },
      })
    );
  },
  "Request throws what is no Error": () => {
    globalThis.Request = /** @type {any} */ (
      class {
        constructor() {
          // eslint-disable-next-line typescript/only-throw-error -- pages do
          throw "no";
        }
      }
    );
  },
  "the wall clock jumps a year to and fro": () => {
    const { now } = Date;
    let turn = 1;
    Date.now = () => now() + (turn = -turn) * 365 * 86_400_000;
  },
  "the monotonic clock jumps back": () => {
    const now = performance.now.bind(performance);
    const start = now();
    performance.now = () => start - (now() - start);
  },
  "the monotonic clock throws": () => {
    performance.now = () => {
      throw new TypeError("no clock");
    };
  },
  "the monotonic clock is far ahead": () => {
    const now = performance.now.bind(performance);
    let calls = 0;
    performance.now = () => now() + calls++ * 1e6;
  },
  "Math.random throws": () => {
    Math.random = () => {
      throw new Error("no");
    };
  },
  "Object.prototype is polluted": () => {
    const names = {
      ...{ global: true, hostedUI: "redirect", timeoutMs: 0, status: 500 },
      ...{ storage: "memory", error: "polluted", keepalive: "no", method: 1 },
      ...{ accessToken: "x", refreshToken: "y", reason: "polluted" },
    };
    for (const [name, value] of Object.entries(names))
      Object.defineProperty(Object.prototype, name, {
        value,
        writable: true,
        configurable: true,
        enumerable: true,
      });
    globalThis.kept = () => {
      for (const name of Object.keys(names))
        Reflect.deleteProperty(Object.prototype, name);
    };
  },
  "setters on Object.prototype throw": () => {
    const names = ["keepalive", "others", "attempts", "outcome", "steps"];
    for (const name of names)
      Object.defineProperty(Object.prototype, name, {
        get: () => undefined,
        set() {
          throw new Error("no");
        },
        configurable: true,
      });
    globalThis.kept = () => {
      for (const name of names) Reflect.deleteProperty(Object.prototype, name);
    };
  },
  "setTimeout throws": () => {
    globalThis.setTimeout = /** @type {any} */ (
      () => {
        throw new Error("no");
      }
    );
  },
};

/**
 * What a page does to itself before any other script runs.
 * @type {Record<string, () => void>}
 */
const EARLY = {
  "toJSON on Object.prototype lies": () => {
    Object.defineProperty(Object.prototype, "toJSON", {
      value: () => "lies",
      configurable: true,
      writable: true,
    });
  },
  "frozen primordials": () => {
    /** @type {any} */
    const global = globalThis;
    for (const name of [
      ...["Object", "Function", "Array", "String", "Number", "Boolean"],
      ...["Symbol", "Error", "TypeError", "Promise", "Map", "Set", "Date"],
      ...["RegExp", "JSON", "Math", "Reflect", "Proxy", "WeakMap"],
      ...["ArrayBuffer", "Uint8Array", "DataView", "WebAssembly"],
    ]) {
      if (global[name].prototype) Object.freeze(global[name].prototype);
      Object.freeze(global[name]);
    }
  },
  "no BroadcastChannel, no locks, no crypto": () => {
    Reflect.deleteProperty(globalThis, "BroadcastChannel");
    Reflect.deleteProperty(globalThis, "crypto");
    Object.defineProperty(navigator, "locks", { value: undefined });
  },
};

/** @param {import("../e2e/lib/world.mjs").Visitor} visitor what the browser itself says of the app's storage */
async function storedTokens({ context, origin, clientId }) {
  const { origins } = await context.storageState();
  const own = origins.find((each) => each.origin === origin);
  return (own?.localStorage ?? [])
    .map(({ name }) => name)
    .filter(
      (name) =>
        name.startsWith(`CognitoIdentityServiceProvider.${clientId}.`) &&
        name.endsWith("Token"),
    );
}

/**
 * @param {import("../e2e/lib/world.mjs").Visitor} jane
 * @param {import("cognito-signout-dev").NewTokens} tokens
 * @param {any} result
 * @param {string} about
 */
async function isTrue(jane, tokens, result, about) {
  const told = `${about}: ${JSON.stringify(result)}`;
  assert.ok(["complete", "partial", "failed"].includes(result?.status), told);
  assert.equal(result.status === "failed", !result.signedOutLocally, told);
  if (result.signedOutLocally)
    assert.deepEqual(await storedTokens(jane), [], told);
  // What is said to be revoked is.
  if (result.status !== "failed" && !result.revokeTokenError)
    assert.equal(world.control.isTokenValid(tokens.refreshToken), false, told);
}

describe("a hostile page", sideBySide(3, 8), () => {
  for (const [name, spoil] of Object.entries(LATE))
    test(name, async (t) => {
      const jane = await world.visitor(t);
      const tokens = await jane.signIn();
      const { result, unhandled } = await jane.page.evaluate(
        async ([source, wait]) => {
          /** @type {string[]} */
          const unhandled = [];
          addEventListener("unhandledrejection", ({ reason }) =>
            unhandled.push(String(reason)),
          );
          const late = setTimeout;
          const script = document.createElement("script");
          script.textContent = `(${source})()`;
          document.body.append(script);
          const signedOut = cs.signOut();
          const result = await Promise.race([
            signedOut,
            new Promise((resolve) => late(resolve, Number(wait), null)),
          ]);
          // What would spoil the way out of the page too is put back.
          globalThis.kept?.();
          return { result: show(result), unhandled };
        },
        /** @type {const} */ ([spoil.toString(), 60_000]),
      );
      await isTrue(jane, tokens, result, name);
      assert.deepEqual(unhandled, []);
    });

  for (const [name, spoil] of Object.entries(EARLY))
    test(name, async (t) => {
      const jane = await world.visitor(t, { init: spoil });
      const tokens = await jane.signIn();
      const result = await jane.page.evaluate(async () => {
        const { status, signedOutLocally, revokeTokenError } =
          /** @type {any} */ (await settled(cs.signOut(), 60_000));
        // A page's own toJSON may lie about all of it.
        return [status, signedOutLocally, revokeTokenError?.error.code];
      });
      const [status, signedOutLocally, code] = result;
      await isTrue(
        jane,
        tokens,
        {
          status,
          signedOutLocally,
          ...(code && { revokeTokenError: { code } }),
        },
        name,
      );
      assert.equal(status, "complete", String(result));
      assert.deepEqual(await storedTokens(jane), []);
    });

  for (const sandbox of ["allow-scripts", "allow-scripts allow-same-origin"])
    test(`a sandboxed frame: ${sandbox}`, async (t) => {
      const jane = await world.visitor(t);
      await jane.page.evaluate((sandbox) => {
        const frame = document.createElement("iframe");
        frame.setAttribute("sandbox", sandbox);
        frame.src = "/framed";
        document.body.append(frame);
      }, sandbox);
      const frame = await until(
        () => jane.page.frames().find((each) => each.url().endsWith("/framed")),
        "the frame is there",
      );
      await ready(/** @type {any} */ (frame));
      const { accessToken, refreshToken } = jane.session();
      const seen = await frame.evaluate(
        async ({ config, tokens }) => {
          const none = show(await settled(cs.signOut(), 60_000));
          const client = cs.createClient({ ...config, storage: "memory" });
          await client.storeTokens(tokens);
          return [none, show(await settled(client.signOut(), 60_000))];
        },
        { config: jane.config, tokens: { accessToken, refreshToken } },
      );
      assert.ok(seen[0].status, JSON.stringify(seen));
      assert.equal(seen[1].status, "complete", JSON.stringify(seen));
      assert.equal(world.control.isTokenValid(refreshToken), false);
    });

  test("a frame of another site, whose storage the browser blocks or keeps apart", async (t) => {
    const jane = await world.visitor(t);
    const site = jane.origin.replace("localhost", "127.0.0.1");
    await jane.page.evaluate((site) => {
      const frame = document.createElement("iframe");
      frame.src = `${site}/framed`;
      document.body.append(frame);
    }, site);
    const frame = await until(
      () => jane.page.frames().find((each) => each.url().startsWith(site)),
      "the frame is there",
    );
    await ready(/** @type {any} */ (frame));
    const { accessToken, refreshToken } = jane.session();
    const seen = await frame.evaluate(
      async ({ config, tokens }) => {
        const refused = await rejection(cs.storeTokens(tokens));
        const own = show(await settled(cs.signOut(), 60_000));
        const client = cs.createClient({ ...config, storage: "memory" });
        if (refused) await client.storeTokens(tokens);
        return { refused, own, memory: show(await client.signOut()) };
      },
      { config: jane.config, tokens: { accessToken, refreshToken } },
    );
    const told = JSON.stringify(seen);
    if (seen.refused) {
      assert.equal(seen.refused.code, "storage", told);
      assert.notEqual(seen.own.wasSignedIn, true, told);
    } else assert.equal(seen.own.wasSignedIn, true, told);
    assert.equal(seen.memory.status, "complete", told);
    assert.equal(world.control.isTokenValid(refreshToken), false);
  });

  test("a really full storage: signed out, and the tokens are gone", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn();
    const result = await jane.page.evaluate(async () => {
      for (let size = 4_000_000; size >= 1; size = Math.floor(size / 2))
        try {
          for (let i = 0; ; i++)
            localStorage.setItem(`fill${size}.${i}`, "x".repeat(size));
        } catch {
          // This size does not fit any more.
        }
      return show(await settled(cs.signOut(), 60_000));
    });
    assert.equal(result.status, "complete", JSON.stringify(result));
    await isTrue(jane, tokens, result, "quota");
  });

  test("a beforeunload that the user does not confirm: the page stays, and the result says so", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn({ origin: "hostedUI" });
    jane.page.on("dialog", (dialog) => void dialog.dismiss().catch(() => {}));
    await jane.page.evaluate(() => {
      addEventListener("beforeunload", (event) => event.preventDefault());
      const button = document.createElement("button");
      button.onclick = () =>
        void cs.signOut().then((result) => (globalThis.kept = show(result)));
      document.body.append(button);
    });
    await jane.page.clock.install();
    await jane.page.click("button");
    await until(() => jane.calls.includes("RevokeToken"), "it is revoked");
    const last = await until(async () => {
      await jane.page.clock.runFor(5000);
      return jane.page.evaluate(() => globalThis.kept);
    }, "it settles");
    assert.equal(last.status, "partial");
    assert.equal(last.hostedUIError.error.code, "navigation");
    await isTrue(jane, tokens, last, "beforeunload");
  });

  test("a navigation of the page in the middle: what was asked for arrives", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn();
    jane.fault({ operation: "RevokeToken", latencyMs: 200 });
    await jane.page.evaluate(() => {
      globalThis.ready = false;
      void cs.signOut().then(() => location.assign("/third"));
      location.assign("/second");
    });
    await until(
      () => !world.control.isTokenValid(tokens.refreshToken),
      "it is revoked",
    );
    assert.deepEqual(await storedTokens(jane), []);
  });
});
