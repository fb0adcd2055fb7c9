// Whatever is given, an error comes back that says so: never an exception out of nowhere, never a hang.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ready, sideBySide, useWorld } from "./lib/world.mjs";

/** @import { Visitor } from "./lib/world.mjs" */

const world = useWorld();

/** Values that no function can use, made in the page. It stands alone. */
function nonsense() {
  const thrower = () => {
    throw new Error("a trap of the proxy");
  };
  const traps = /** @type {const} */ ([
    "get",
    "has",
    "ownKeys",
    "getPrototypeOf",
    "getOwnPropertyDescriptor",
  ]);
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const revokedFunction = Proxy.revocable(() => {}, {});
  revokedFunction.revoke();
  const cyclic = /** @type {any} */ ({});
  cyclic.self = cyclic;
  /** @type {Record<string, any>} */
  const values = {
    null: null,
    zero: 0,
    NaN: NaN,
    bigint: 1n,
    text: "text",
    true: true,
    symbol: Symbol("s"),
    array: [1, 2],
    function: () => {},
    "revoked proxy": revoked.proxy,
    "revoked function proxy": revokedFunction.proxy,
    "proxy that throws at everything": new Proxy(
      {},
      Object.fromEntries(traps.map((trap) => [trap, thrower])),
    ),
    "proxy that throws at get": new Proxy({ a: 1 }, { get: thrower }),
    "getter that throws undefined": Object.defineProperty({}, "hostedUI", {
      enumerable: true,
      get() {
        // eslint-disable-next-line typescript/only-throw-error
        throw undefined;
      },
    }),
    "list of endless length": new Proxy([], {
      get: (_, name) => (name === "length" ? 2 ** 40 : "x"),
    }),
    cyclic,
  };
  return values;
}

/**
 * A frame of the page that has an opaque origin, and the app in it.
 * @param {Visitor} visitor
 * @returns {Promise<any>}
 */
async function sandboxedFrame({ page }) {
  await page.evaluate(() => {
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-scripts");
    frame.src = "/framed";
    document.body.append(frame);
    return new Promise((resolve) => (frame.onload = resolve));
  });
  const frame = /** @type {any} */ (
    page.frames().find((frame) => frame.url().endsWith("/framed"))
  );
  await ready(frame);
  return frame;
}

const withNonsense = `globalThis.nonsense = ${nonsense.toString()};`;

describe("bad input", sideBySide(4), () => {
  test("nonsense as options: failed(configuration), and nothing touched", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn();
    const before = await jane.keys();
    await jane.page.evaluate(withNonsense);
    const results = await jane.page.evaluate(async () => {
      /** @type {Record<string, any>} */
      const results = {};
      for (const [name, value] of Object.entries(
        /** @type {any} */ (globalThis).nonsense(),
      )) {
        // It counts as no options.
        if (name === "null") continue;
        results[name] = show(
          await settled(cs.signOut(/** @type {any} */ (value)), 60_000),
        );
      }
      return results;
    });
    for (const [name, result] of Object.entries(results)) {
      assert.equal(result.status, "failed", name);
      assert.equal(result.error.code, "configuration", name);
      assert.ok(result.error.message, name);
      assert.ok(result.error.recoverySuggestion, name);
    }
    assert.deepEqual(await jane.keys(), before);
    assert.deepEqual(jane.areValid(tokens), { access: true, refresh: true });
    assert.deepEqual(jane.calls, []);
    assert.equal((await jane.signOut()).status, "complete");
  });

  test("nonsense as one option", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn();
    const before = await jane.keys();
    await jane.page.evaluate(withNonsense);
    const wrong = await jane.page.evaluate(async () => {
      /** @type {string[]} */
      const wrong = [];
      /** @type {Record<string, string[]>} */
      const fits = {
        global: ["true"],
        hostedUI: [],
        redirectUrl: [],
        timeoutMs: ["zero"],
        popupTimeoutMs: ["zero"],
        signal: [],
        navigate: ["function", "revoked function proxy"],
        forgetDevice: ["true"],
        retryWhenOnline: ["true"],
        oauth: ["getter that throws undefined", "cyclic"],
      };
      for (const [option, good] of Object.entries(fits))
        for (const [name, value] of Object.entries(
          /** @type {any} */ (globalThis).nonsense(),
        )) {
          // An option that is null counts as left out.
          if (name === "null" || good.includes(name)) continue;
          const result = show(
            await settled(
              cs.signOut(/** @type {any} */ ({ [option]: value })),
              60_000,
            ),
          );
          const right =
            result.status === "failed" &&
            result.error.code === "configuration" &&
            result.error.message.includes(option);
          if (!right)
            wrong.push(
              `${option}: ${name}: ${result.status} ${result.error?.code} ${result.error?.message}`,
            );
        }
      return wrong;
    });
    assert.deepEqual(wrong, []);
    assert.deepEqual(await jane.keys(), before);
    assert.deepEqual(jane.calls, []);
  });

  test("an option whose getter throws is named, with what it threw", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn();
    const errors = await jane.page.evaluate(async () => {
      /** @type {Record<string, any>} */
      const errors = {};
      for (const name of [
        ...["global", "hostedUI", "redirectUrl", "oauth", "navigate"],
        ...["timeoutMs", "popupTimeoutMs", "signal", "forgetDevice"],
        ...["retryWhenOnline", "appState"],
      ]) {
        /** @type {any} */
        const { error } = await cs.signOut(
          Object.defineProperty({}, name, {
            get() {
              throw new Error("its own");
            },
          }),
        );
        errors[name] = [error?.code, error?.message, error?.cause?.message];
      }
      return errors;
    });
    for (const [name, [code, message, cause]] of Object.entries(errors)) {
      assert.equal(code, "configuration", name);
      assert.ok(message.startsWith(`${name}: `), message);
      assert.equal(cause, "its own", name);
    }
    assert.ok((await jane.keys()).length > 0);
  });

  test("options that hold themselves many times: failed(configuration)", async (t) => {
    const jane = await world.visitor(t);
    const result = await jane.page.evaluate(async () => {
      /** @type {any} */
      const odd = {};
      for (let i = 0; i < 12; i++) odd[`field${i}`] = odd;
      return show(await cs.signOut(odd));
    });
    assert.equal(result.status, "failed");
    assert.equal(result.error.code, "configuration");
  });

  test("configuration, options and tokens are read once: neither getters, proxies nor later changes alter them", async (t) => {
    const jane = await world.visitor(t, { configure: false });
    const tokens = jane.session();
    const other = jane.session();
    const seen = await jane.page.evaluate(
      async ({ config, tokens }) => {
        /** @type {Record<string, number>} */
        const reads = {};
        /**
         * Its fields, on any level, are right when they are read first, and nonsense then.
         * @param {any} value @param {string} path @returns {any}
         */
        const once = (value, path) =>
          typeof value !== "object" || value === null
            ? value
            : new Proxy(value, {
                get(target, name, receiver) {
                  const field = Reflect.get(target, name, receiver);
                  if (typeof name === "symbol" || !Object.hasOwn(target, name))
                    return field;
                  // An array's length is no value of its own.
                  if (Array.isArray(target) && name === "length") return field;
                  const at = `${path}.${name}`;
                  reads[at] = (reads[at] ?? 0) + 1;
                  return reads[at] > 1 ? "nonsense" : once(field, at);
                },
              });
        /**
         * Calls a function, and spoils what was handed over as soon as it has returned.
         * @template T
         * @param {(given: any) => Promise<T>} call @param {any} given @param {string} name
         */
        const handOver = (call, given, name) => {
          const promise = call(once(given, name));
          const spoil = (/** @type {any} */ object) => {
            for (const key of Object.keys(object)) {
              const value = object[key];
              if (value && typeof value === "object") spoil(value);
              object[key] = "nonsense";
            }
          };
          spoil(given);
          return promise;
        };
        await handOver(cs.configure, structuredClone(config), "config");
        await handOver(cs.storeTokens, { ...tokens }, "tokens");
        const loaded = await cs.loadTokens();
        const options = {
          global: true,
          hostedUI: "manual",
          redirectUrl: config.hostedUI.redirectSignOut[1],
          timeoutMs: 60_000,
          popupTimeoutMs: 60_000,
          forgetDevice: false,
          retryWhenOnline: false,
          appState: { from: ["here"] },
        };
        const result = await handOver(cs.signOut, options, "options");
        return {
          reads: Object.entries(reads).filter(([, times]) => times > 1),
          names: Object.keys(reads).length,
          loaded: loaded?.refreshToken === tokens.refreshToken,
          result: show(result),
        };
      },
      {
        config: jane.config,
        tokens: {
          accessToken: tokens.accessToken,
          idToken: tokens.idToken,
          refreshToken: tokens.refreshToken,
        },
      },
    );
    assert.deepEqual(seen.reads, []);
    assert.ok(seen.names > 15, `${seen.names}`);
    assert.equal(seen.loaded, true);
    assert.equal(seen.result.status, "complete", JSON.stringify(seen.result));
    assert.equal(
      new URL(seen.result.logoutUrl).searchParams.get("logout_uri"),
      jane.urls[1],
    );
    assert.deepEqual(jane.calls, ["GlobalSignOut", "RevokeToken"]);
    assert.equal(jane.areValid(other).refresh, false);
  });

  test("options are read when signOut is called, also where the engine is not there yet", async (t) => {
    const jane = await world.visitor(t, { configure: false });
    const tokens = jane.session();
    jane.fault({
      operation: "GlobalSignOut",
      times: 1,
      answer: { type: "ForbiddenException" },
    });
    const seen = await jane.page.evaluate(
      async ({ config, tokens }) => {
        void cs.configure(config);
        void cs.storeTokens(tokens);
        const options = { global: true, hostedUI: /** @type {any} */ ("none") };
        const running = cs.signOut(options);
        options.global = false;
        options.hostedUI = "nonsense";
        globalThis.kept = await running;
        return show(globalThis.kept);
      },
      {
        config: jane.config,
        tokens: {
          accessToken: tokens.accessToken,
          refreshToken: tokens.refreshToken,
        },
      },
    );
    assert.equal(seen.status, "partial", JSON.stringify(seen));
    assert.ok(seen.globalSignOutError);
  });

  test("of two configurations at once each is told its own", async (t) => {
    const jane = await world.visitor(t, { configure: false });
    const seen = await jane.page.evaluate(async (config) => {
      const both = [
        rejection(cs.configure({ ...config, userPoolId: "nonsense" })),
        rejection(cs.configure(config)),
      ];
      const result = await cs.signOut();
      return [...(await Promise.all(both)).map((e) => e?.code), result.status];
    }, jane.config);
    assert.deepEqual(seen, ["configuration", undefined, "complete"]);
  });

  test("nonsense as configuration: configure and createClient say so, and signOut too", async (t) => {
    const jane = await world.visitor(t, { configure: false });
    await jane.page.evaluate(withNonsense);
    const results = await jane.page.evaluate(async () => {
      /** @type {Record<string, any>} */
      const results = {
        missing: {
          configured: await rejection(cs.configure(/** @type {any} */ ({}))),
        },
      };
      for (const [name, value] of Object.entries({
        .../** @type {any} */ (globalThis).nonsense(),
        undefined: undefined,
      })) {
        const configured = settled(rejection(cs.configure(value)), 60_000);
        const after = settled(cs.signOut(), 60_000);
        const client = cs.createClient(value);
        results[name] = {
          configured: await configured,
          after: show(await after),
          loaded: await settled(rejection(client.loadTokens()), 60_000),
          signedOut: show(await settled(client.signOut(), 60_000)),
          signingOut: client.isSigningOut() || cs.isSigningOut(),
        };
      }
      return results;
    });
    for (const [name, result] of Object.entries(results)) {
      assert.equal(result.configured.code, "configuration", name);
      if (name === "missing") continue;
      assert.equal(result.after.status, "failed", name);
      assert.equal(result.after.error.code, "configuration", name);
      assert.equal(result.loaded.code, "configuration", name);
      assert.equal(result.signedOut.error.code, "configuration", name);
      assert.equal(result.signingOut, false, name);
    }
  });

  test("nonsense as tokens", async (t) => {
    const jane = await world.visitor(t);
    await jane.page.evaluate(withNonsense);
    const results = await jane.page.evaluate(async () => {
      /** @type {Record<string, any>} */
      const results = {};
      for (const [name, value] of Object.entries(
        /** @type {any} */ (globalThis).nonsense(),
      )) {
        results[name] = await settled(rejection(cs.storeTokens(value)), 60_000);
        results[`revokeToken: ${name}`] =
          name === "text"
            ? { code: "configuration" }
            : await settled(rejection(cs.revokeToken(value)), 60_000);
      }
      return results;
    });
    for (const [name, error] of Object.entries(results))
      assert.equal(error?.code, "configuration", name);
    assert.deepEqual(await jane.keys(), []);
    assert.deepEqual(jane.calls, []);
  });

  test("a configuration that lacks something, or has it malformed, names the field in its own shape", async (t) => {
    const jane = await world.visitor(t, { configure: false });
    const { hostedUI, ...rest } = jane.config;
    const pool = rest.userPoolId;
    const id = rest.userPoolClientId;
    /** @type {[any, RegExp][]} */
    const cases = [
      [{ ...rest, userPoolId: undefined }, /userPoolId/],
      [{ ...rest, userPoolId: "nonsense" }, /userPoolId/],
      [{ ...rest, userPoolId: 5 }, /userPoolId/],
      [{ ...rest, userPoolClientId: undefined }, /userPoolClientId/],
      [{ ...rest, userPoolClientId: "" }, /userPoolClientId/],
      [
        { ...rest, userPoolEndpoint: "http://example.com/" },
        /userPoolEndpoint/,
      ],
      [{ ...rest, userPoolEndpoint: "nonsense" }, /userPoolEndpoint/],
      [
        { ...rest, userPoolEndpoint: "https://u:p@example.com/" },
        /userPoolEndpoint/,
      ],
      [{ ...rest, userPoolEndpont: "https://example.com/" }, /userPoolEndpont/],
      [{ ...rest, hostedUI: { ...hostedUI, domain: undefined } }, /domain/],
      [{ ...rest, hostedUI: { ...hostedUI, domain: "" } }, /domain/],
      [
        { ...rest, hostedUI: { ...hostedUI, domain: "https://a.com/path" } },
        /domain/,
      ],
      [
        { ...rest, hostedUI: { ...hostedUI, domain: "http://example.com" } },
        /domain/,
      ],
      [{ ...rest, hostedUI: { domain: hostedUI.domain } }, /redirectSignOut/],
      [
        { ...rest, hostedUI: { ...hostedUI, redirectSignOut: 7 } },
        /redirectSignOut/,
      ],
      [
        { ...rest, hostedUI: { ...hostedUI, redirectSignOut: ["nonsense"] } },
        /redirectSignOut/,
      ],
      [
        {
          ...rest,
          hostedUI: { ...hostedUI, redirectSignOut: ["javascript:alert(1)"] },
        },
        /redirectSignOut/,
      ],
      [{ ...rest, tokenRevocation: "no" }, /tokenRevocation/],
      [{ ...rest, storage: "disk" }, /storage/],
      [{ ...rest, storage: { getItem: 5 } }, /storage/],
      [{ ...rest, logger: "console" }, /logger/],
      [{ ...rest, cookie: { sameSite: "never" } }, /cookie/],
      // In Amplify's words.
      [
        { Auth: { Cognito: { userPoolClientId: id } } },
        /Auth\.Cognito\.userPoolId/,
      ],
      [{ auth: { user_pool_id: pool } }, /user_pool_client_id/],
      [
        {
          aws_user_pools_id: "nonsense",
          aws_user_pools_web_client_id: id,
        },
        /aws_user_pools_id/,
      ],
      [{ authority: "nonsense", client_id: id }, /authority/],
    ];
    for (const [config, message] of cases) {
      const error = await jane.page.evaluate(
        (config) => rejection(cs.configure(config)),
        config,
      );
      assert.equal(error?.code, "configuration", String(message));
      assert.match(error.message, message);
      assert.ok(error.recoverySuggestion);
    }
  });

  test("tokens that are not this client's, or no tokens: nothing is stored", async (t) => {
    const jane = await world.visitor(t);
    const foreign = await world.visitor(t, { path: "" });
    const { accessToken, idToken, refreshToken } = jane.session();
    const others = foreign.session();
    const errors = await jane.page.evaluate(
      async (list) => {
        const errors = [];
        for (const tokens of list)
          errors.push(
            await rejection(cs.storeTokens(/** @type {any} */ (tokens))),
          );
        return errors;
      },
      [
        {},
        { refreshToken },
        { accessToken: "nonsense" },
        { accessToken: "a.b.c" },
        { accessToken: 5 },
        { accessToken, refreshToken: 5 },
        { accessToken, idToken: "nonsense" },
        { accessToken, signInMethod: "carrierPigeon" },
        { accessToken: others.accessToken },
        { accessToken: idToken },
        { AccessToken: "nonsense" },
        { access_token: "nonsense", token_type: "Bearer" },
      ],
    );
    assert.deepEqual(
      errors.map((error) => error?.code),
      errors.map(() => "configuration"),
    );
    assert.deepEqual(await jane.keys(), []);
  });

  test("blocked storage, in a sandboxed frame: failed(storage), and it settles", async (t) => {
    const jane = await world.visitor(t, { configure: false });
    const frame = await sandboxedFrame(jane);
    const { accessToken, refreshToken } = jane.session();
    const seen = await frame.evaluate(
      async (/** @type {any} */ { config, tokens }) => {
        await cs.configure(config);
        return {
          stored: await rejection(cs.storeTokens(tokens)),
          loaded: await rejection(cs.loadTokens()),
          local: show(await cs.signOut()),
          global: show(await cs.signOut({ global: true })),
          taken: await cs.takeSignOutResult(),
          signingOut: cs.isSigningOut(),
          heard,
        };
      },
      { config: jane.config, tokens: { accessToken, refreshToken } },
    );
    assert.equal(seen.stored.code, "storage");
    assert.equal(seen.loaded.code, "storage");
    for (const result of [seen.local, seen.global]) {
      assert.equal(result.status, "failed");
      assert.equal(result.error.code, "storage");
      assert.equal(result.signedOutLocally, false);
    }
    assert.equal(seen.taken, null);
    assert.equal(seen.signingOut, false);
    assert.deepEqual(seen.heard, []);
  });

  test("in a sandboxed frame, with memory as storage, it works alone", async (t) => {
    const jane = await world.visitor(t, { configure: false });
    const frame = await sandboxedFrame(jane);
    const tokens = jane.session();
    const { accessToken, refreshToken } = tokens;
    const result = await frame.evaluate(
      async (/** @type {any} */ { config, tokens }) => {
        await cs.configure(config);
        await cs.storeTokens(tokens);
        const loaded = await cs.loadTokens();
        const result = show(await cs.signOut());
        // It remembers: the ended session is not taken again.
        const again = await rejection(cs.storeTokens(tokens));
        return { ...result, loaded: !!loaded, again: again.code, heard };
      },
      {
        config: { ...jane.config, storage: "memory" },
        tokens: { accessToken, refreshToken },
      },
    );
    assert.equal(result.loaded, true);
    assert.equal(result.status, "complete");
    assert.equal(result.again, "tokenRevoked");
    assert.equal(result.heard.length, 1);
    assert.deepEqual(jane.areValid(tokens), { access: false, refresh: false });
  });
});
