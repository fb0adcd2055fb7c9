// A network, and a `fetch`, that do what they should not: every sign-out settles, and says what it knows.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { OVER, engine, sideBySide, useWorld } from "./lib/world.mjs";

/** @import { Visitor } from "./lib/world.mjs" */

const world = useWorld();

/** In the page: what stands in place of `fetch`, in groups. It stands alone. */
function replies() {
  /** @param {string | null} [body] @param {number} [status] */
  const response = (body = "{}", status = 200) =>
    new Response(body, { status });
  /** A `Response` with one thing changed. @param {string} name @param {PropertyDescriptor} property */
  const changed = (name, property) => () =>
    Promise.resolve(Object.defineProperty(response(), name, property));
  const fails = () => {
    throw new TypeError("no such thing");
  };
  /** @param {any} reason */
  const rejects = (reason) => () => Promise.reject(reason);
  /** @param {any} value */
  const gives = (value) => () => value;
  /** @param {any} value */
  const resolves = (value) => () => Promise.resolve(value);
  /** @param {any} reason */
  const throws = (reason) => () => {
    throw reason;
  };
  const read = async () => {
    const used = response();
    await used.text();
    return used;
  };
  Object.assign(globalThis, {
    replies: {
      network: {
        "rejects with an error": rejects(new TypeError("Failed to fetch")),
        "rejects with a string": rejects("offline"),
        "rejects with undefined": rejects(undefined),
        "rejects with null": rejects(null),
        "rejects with a number": rejects(7),
        "rejects with a symbol": rejects(Symbol("reason")),
        "rejects with getters that throw": rejects(
          Object.defineProperty({}, "message", { get: fails }),
        ),
        "rejects with no prototype": rejects(Object.create(null)),
        "throws an error": throws(new TypeError("blocked")),
        "throws a string": throws("blocked"),
        "throws undefined": throws(undefined),
        "is not there": undefined,
        "is null": null,
        "is a number": 5,
        "returns undefined": gives(undefined),
        "returns null": gives(null),
        "returns a string": gives("ok"),
        "returns an object": gives({ status: 200 }),
        "returns a function": gives(() => {}),
        "a thenable that throws": gives({ then: fails }),
        "a thenable whose getter throws": gives(
          Object.defineProperty({}, "then", { get: fails }),
        ),
        "resolves to undefined": resolves(undefined),
        "resolves to a string": resolves("{}"),
        "resolves to a look-alike": resolves({
          status: 200,
          headers: {},
          text: () => "{}",
        }),
        "resolves to an object of its class": resolves(
          Object.create(Response.prototype),
        ),
        "a status that throws": changed("status", { get: fails }),
        "headers that throw": changed("headers", { get: fails }),
        "a text that throws": changed("text", { get: fails }),
        "no text": changed("text", { value: undefined }),
        "a body that rejects": changed("text", {
          value: rejects(new TypeError("network error")),
        }),
        "a body that rejects with a string": changed("text", {
          value: rejects("gone"),
        }),
        "a body that throws": changed("text", { value: throws("gone") }),
        "a body that was read": read,
      },
      // Something between the page and Cognito has answered: never a success.
      service: {
        "a page": () => Promise.resolve(response("<html>Log in</html>")),
        "an array": () => Promise.resolve(response("[]")),
        "a string": () => Promise.resolve(response('"ok"')),
        "a number": () => Promise.resolve(response("1")),
        "HTTP 204": () => Promise.resolve(response(null, 204)),
        "HTTP 299": () => Promise.resolve(response("{}", 299)),
      },
      // As a service worker may give: status 0, no body.
      opaque: { "an error": () => Promise.resolve(Response.error()) },
      // Settled, and no trap; an answer without headers may count as one or not.
      headers: {
        "no headers": changed("headers", { value: null }),
        "headers whose get throws": changed("headers", {
          value: { get: fails },
        }),
        "headers that give a number": changed("headers", {
          value: { get: gives(5) },
        }),
      },
      twice: {
        "a thenable that settles twice": gives({
          then: (/** @type {any} */ resolve, /** @type {any} */ reject) => {
            resolve(response());
            reject("too late");
            resolve(null);
          },
        }),
      },
    },
  });
}

/**
 * Signs out once with each reply of a group in place of `fetch`, without pauses.
 * @param {import("node:test").TestContext} t
 * @param {string} group
 * @returns {Promise<Record<string, any>>} what came of each
 */
async function signOutWith(t, group) {
  const jane = await world.visitor(t, { init: replies });
  const count = await jane.page.evaluate(
    (group) =>
      Object.keys(/** @type {any} */ (globalThis).replies[group]).length,
    group,
  );
  const sessions = Array.from({ length: count }, () => plain(jane));
  const { outcomes, unhandled } = await jane.page.evaluate(
    async ([group, sessions]) => {
      /** @type {string[]} */
      const unhandled = [];
      addEventListener("unhandledrejection", ({ reason }) =>
        unhandled.push(String(reason)),
      );
      Math.random = () => 0;
      const { fetch } = globalThis;
      /** @type {Record<string, any>} */
      const outcomes = {};
      for (const [name, reply] of Object.entries(
        /** @type {any} */ (globalThis).replies[group],
      )) {
        await cs.storeTokens(sessions.pop());
        globalThis.fetch = /** @type {any} */ (reply);
        /** @type {any} */
        const result = await settled(cs.signOut(), 60_000);
        globalThis.fetch = fetch;
        const error = result.revokeTokenError?.error;
        const step = result.steps?.find(
          (/** @type {any} */ { step }) => step === "revokeToken",
        );
        outcomes[name] = {
          status: result.status,
          code: error?.code,
          retryable: error?.retryable,
          attempts: step?.attempts,
          cause: error?.cause?.message,
          left: [await cs.loadTokens(), cs.isSigningOut()],
        };
      }
      await new Promise((resolve) => setTimeout(resolve));
      return { outcomes, unhandled };
    },
    /** @type {[string, any[]]} */ ([group, sessions]),
  );
  assert.deepEqual(unhandled, []);
  for (const [name, { left }] of Object.entries(outcomes))
    assert.deepEqual(left, [null, false], name);
  return outcomes;
}

/** The tokens of a new session, as they are stored. @param {Visitor} jane @param {any} [session] */
function plain(jane, session) {
  const { accessToken, refreshToken } = jane.session(session);
  return { accessToken, refreshToken };
}

describe("fetch", sideBySide(4), () => {
  test("one that fails in any way: network, three tries, and its cause", async (t) => {
    const outcomes = await signOutWith(t, "network");
    for (const [name, { status, code, attempts }] of Object.entries(outcomes))
      assert.deepEqual(
        [status, code, attempts],
        ["partial", "network", 3],
        name,
      );
    const cause = (/** @type {string} */ name) => outcomes[name].cause;
    assert.equal(cause("rejects with an error"), "Failed to fetch");
    assert.equal(cause("rejects with a string"), "offline");
    assert.equal(cause("a body that rejects"), "network error");
  });

  test("an answer of something between is never success: service, retryable", async (t) => {
    const outcomes = await signOutWith(t, "service");
    for (const [name, { status, code, retryable }] of Object.entries(outcomes))
      assert.deepEqual(
        [status, code, retryable],
        ["partial", "service", true],
        name,
      );
  });

  test("an opaque answer is never success", async (t) => {
    const outcomes = await signOutWith(t, "opaque");
    assert.equal(outcomes["an error"].status, "partial");
  });

  test("odd headers: it settles", async (t) => {
    await signOutWith(t, "headers");
  });

  test("a thenable that settles twice: complete", async (t) => {
    const [outcome] = Object.values(await signOutWith(t, "twice"));
    assert.equal(outcome.status, "complete");
  });

  test("a body that never ends: timeout", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn();
    const result = await jane.page.evaluate(async () => {
      globalThis.fetch = () =>
        Promise.resolve(
          Object.defineProperty(new Response("{}"), "text", {
            value: () => new Promise(() => {}),
          }),
        );
      return show(await cs.signOut({ timeoutMs: 20 }));
    });
    assert.equal(result.status, "partial");
    assert.equal(result.revokeTokenError.error.code, "timeout");
  });

  test("the requests are as Cognito and the browser need them", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn();
    const sent = await jane.page.evaluate(async () => {
      /** @type {any[]} */
      const sent = [];
      const { fetch } = globalThis;
      globalThis.fetch = async (input, init) => {
        const request =
          input instanceof Request ? input : new Request(input, init);
        const { url, method, credentials, redirect, cache, keepalive } =
          request;
        sent.push({
          ...{ url, method, credentials, redirect, cache, keepalive },
          headers: Object.fromEntries(request.headers),
          body: await request.clone().json(),
        });
        return fetch(request);
      };
      await cs.signOut({ global: true, timeoutMs: 60_000 });
      return sent;
    });
    const target = "AWSCognitoIdentityProviderService";
    const common = {
      url: `${world.cognito.origin}/`,
      method: "POST",
      credentials: "omit",
      redirect: "error",
      // The cache is left alone: `no-store` would add headers, and a preflight for them.
      cache: "default",
      keepalive: true,
    };
    const headers = (/** @type {string} */ operation) => ({
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `${target}.${operation}`,
    });
    assert.deepEqual(sent, [
      {
        ...common,
        headers: headers("GlobalSignOut"),
        body: { AccessToken: tokens.accessToken },
      },
      {
        ...common,
        headers: headers("RevokeToken"),
        body: { Token: tokens.refreshToken, ClientId: jane.clientId },
      },
    ]);
  });

  for (const how of ["throws", "rejects"])
    test(`a keepalive that ${how}, since the page's 64 KB are used up, goes out without: one try`, async (t) => {
      const jane = await world.visitor(t);
      const tokens = await jane.signIn();
      const seen = await jane.page.evaluate(async (how) => {
        /** @type {boolean[]} */
        const keepalive = [];
        const { fetch } = globalThis;
        globalThis.fetch = (input, init) => {
          const request =
            input instanceof Request ? input : new Request(input, init);
          keepalive.push(request.keepalive);
          if (keepalive.length > 1) return fetch(request);
          if (how === "throws") throw new TypeError("too much");
          return Promise.reject(new TypeError("too much"));
        };
        const result = show(await cs.signOut({ timeoutMs: 60_000 }));
        return { keepalive, result };
      }, how);
      assert.deepEqual(seen.keepalive, [true, false]);
      assert.equal(seen.result.status, "complete");
      for (const { attempts } of seen.result.steps) assert.ok(attempts <= 1);
      assert.deepEqual(jane.areValid(tokens), OVER);
    });

  test("a class of the page that was replaced by a broken one: it settles, and without Headers completely", async (t) => {
    for (const name of ["AbortController", "Headers"]) {
      const jane = await world.visitor(t);
      await jane.signIn();
      const result = await jane.page.evaluate(async (name) => {
        Object.assign(globalThis, {
          [name]: () => {
            throw new TypeError("no such class");
          },
        });
        return show(await cs.signOut({ timeoutMs: 60_000 }));
      }, name);
      assert.equal(result.signedOutLocally, true);
      assert.deepEqual(await jane.keys(), []);
      // WebKit goes on using a class that was replaced late.
      if (name === "Headers" || engine === "webkit")
        assert.equal(result.status, "complete");
      else assert.ok(result.revokeTokenError.error.code);
      await jane.leave();
    }
  });

  test("every operation settles on every fault, and a refresh that fails leaves the session", async (t) => {
    const jane = await world.visitor(t);
    const operations = [
      "GetTokensFromRefreshToken",
      "GlobalSignOut",
      "RevokeToken",
    ];
    const expired = () => plain(jane, { accessTokenExpiresIn: -60 });
    const seen = await jane.page.evaluate(
      async ([operations, sessions]) => {
        Math.random = () => 0;
        const { fetch } = globalThis;
        const answer = (/** @type {number} */ status, body = "{}") =>
          Promise.resolve(new Response(body, { status }));
        /** @type {(() => any)[]} */
        const faults = [
          () => {
            const text = /** @type {any} */ ("thrown");
            throw text;
          },
          () => Promise.reject(null),
          () => undefined,
          () => Promise.resolve(Object.create(Response.prototype)),
          () => answer(500, "x"),
          () => answer(200),
          () => answer(200, '{"AuthenticationResult":{"AccessToken":5}}'),
        ];
        const wrong = [];
        for (const fault of faults) {
          for (const operation of operations) {
            await cs.storeTokens(sessions.pop());
            globalThis.fetch = (input, init) => {
              const request =
                input instanceof Request ? input : new Request(input, init);
              const target = request.headers.get("x-amz-target") ?? "";
              return target.endsWith(operation) ? fault() : fetch(request);
            };
            /** @type {any} */
            const result = await settled(cs.signOut({ global: true }), 60_000);
            if (!result.signedOutLocally || (await cs.loadTokens()))
              wrong.push([String(fault), operation, result]);
          }
          const session = sessions.pop();
          globalThis.fetch = fault;
          await cs.storeTokens(session);
          const error = await settled(rejection(cs.refreshTokens()), 60_000);
          const left = (await cs.loadTokens())?.accessToken;
          if (error === "pending" || left !== session.accessToken)
            wrong.push([String(fault), "refreshTokens", error]);
        }
        return wrong;
      },
      /** @type {[string[], any[]]} */ ([
        operations,
        Array.from({ length: 7 * 4 }, expired),
      ]),
    );
    assert.deepEqual(seen, []);
  });
});
