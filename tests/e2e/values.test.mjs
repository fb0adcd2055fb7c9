// What apps do with results and errors: log them, post them, put them behind proxies, retry them. No token gets out.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { needs, sideBySide, until, useWorld } from "./lib/world.mjs";

const world = useWorld();

/**
 * The tokens that were found in a text; never themselves.
 * @param {string} text
 * @param {object} tokens
 */
const found = (text, tokens) =>
  Object.entries(tokens)
    .filter(([name]) => name.endsWith("Token"))
    // A part is as bad as the whole.
    .filter(([, token]) => token && text.includes(token.slice(-24)))
    .map(([name]) => name);

describe("values", sideBySide(4), () => {
  test(
    "no token in JSON, clones, console, stacks, URLs, logger or storage",
    needs("devTools"),
    async (t) => {
      const jane = await world.visitor(t, { configure: false });
      /** @type {string[]} */
      const seen = [];
      const session = await jane.context.newCDPSession(jane.page);
      await session.send("Runtime.enable");
      // With the previews that the console shows.
      session.on("Runtime.consoleAPICalled", (event) =>
        seen.push(`console ${JSON.stringify(event)}`),
      );
      jane.context.on("request", (request) =>
        seen.push(
          `request ${request.url()} ${JSON.stringify(request.headers())}`,
        ),
      );
      const tokens = jane.session();
      for (const operation of ["GlobalSignOut", "RevokeToken"])
        jane.fault({
          operation,
          answer: {
            type: "NotAuthorizedException",
            // A service that repeats what it was sent.
            message: `No: ${tokens.accessToken} ${tokens.refreshToken}`,
          },
        });
      const { accessToken, idToken, refreshToken } = tokens;
      const texts = await jane.page.evaluate(
        async ({ config, tokens }) => {
          /** @type {string[]} */
          const texts = [];
          /** @param {string} line @param {unknown} step */
          const log = (line, step) =>
            void texts.push(`logger ${line} ${JSON.stringify(step)}`);
          await cs.configure({ ...config, logger: { debug: log, warn: log } });
          await cs.storeTokens({ ...tokens, signInMethod: "hostedUI" });
          /** @type {any} */
          const result = await cs.signOut({
            global: true,
            navigate: (url) => void texts.push(`navigate ${url}`),
          });
          globalThis.kept = {
            status: result.status,
            held:
              result.revokeTokenError?.refreshToken === tokens.refreshToken &&
              result.globalSignOutError?.accessToken === tokens.accessToken,
          };
          texts.push(`json ${JSON.stringify(result)}`);
          const clone = structuredClone(result);
          texts.push(`clone ${JSON.stringify(clone)}`);
          texts.push(
            `clone ${Object.keys(clone.revokeTokenError)} ${clone.revokeTokenError?.refreshToken}`,
          );
          for (const field of ["revokeTokenError", "globalSignOutError"]) {
            const { error } = result[field];
            texts.push(
              `error ${error} ${error.stack} ${JSON.stringify(error)}`,
            );
            texts.push(
              `error ${Object.values(error).map(String)} ${error.cause}`,
            );
          }
          // As a control: a hidden data property does show in a preview.
          const control = Object.defineProperty({}, "secret", {
            value: "a-data-property-shows",
          });
          console.log(result, result.revokeTokenError, control);
          console.dir(result);
          console.error(result.globalSignOutError);
          console.table([result]);
          console.log("%o %O", result, result);
          texts.push(
            `storage ${JSON.stringify({ ...localStorage, ...sessionStorage })}`,
            `cookie ${document.cookie}`,
            `event ${JSON.stringify(heard)}`,
          );
          const bad = await rejection(
            cs.storeTokens({
              accessToken: tokens.accessToken,
              idToken: tokens.refreshToken,
            }),
          );
          texts.push(`rejection ${JSON.stringify(bad)}`);
          return texts;
        },
        { config: jane.config, tokens: { accessToken, idToken, refreshToken } },
      );
      assert.deepEqual(await jane.page.evaluate(() => globalThis.kept), {
        status: "partial",
        held: true,
      });
      await until(
        () => seen.some((text) => text.includes("a-data-property-shows")),
        "the console's preview",
      );
      await until(
        () => seen.filter((text) => text.startsWith("console")).length >= 5,
        "the console",
      );
      assert.ok(texts.some((text) => text.startsWith("logger")));
      assert.ok(texts.some((text) => text.startsWith("navigate")));
      for (const text of [...texts, ...seen])
        assert.deepEqual(
          found(text, tokens),
          [],
          text.slice(0, text.indexOf(" ")),
        );
    },
  );

  test("a result can be posted, and is whole behind proxies such as Vue's", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn();
    jane.fault({
      operation: "RevokeToken",
      times: 3,
      answer: { type: "TooManyRequestsException" },
    });
    const seen = await jane.page.evaluate(async (refreshToken) => {
      /** Deep, as reactive() is. @param {any} target @returns {any} */
      const reactive = (target) =>
        new Proxy(target, {
          get(target, key, receiver) {
            const value = Reflect.get(target, key, receiver);
            return typeof value === "object" && value !== null
              ? reactive(value)
              : value;
          },
        });
      /** @type {any} */
      const result = await cs.signOut();
      const proxied = reactive(result);
      const posted = await new Promise((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port2.onmessage = ({ data }) => resolve(data);
        port1.postMessage(result);
      });
      /** @type {any} */
      const spread = { ...result };
      return {
        status: proxied.status,
        token: proxied.revokeTokenError.refreshToken === refreshToken,
        code: proxied.revokeTokenError.error.code,
        isAuthError: cs.isAuthError(proxied.revokeTokenError.error),
        instance: proxied.revokeTokenError.error instanceof cs.AuthError,
        json: JSON.stringify(proxied) === JSON.stringify(result),
        posted: posted.status,
        shows: JSON.stringify([
          result,
          structuredClone(result),
          posted,
        ]).includes(refreshToken),
        spread: Object.keys(spread),
        keys: Object.keys(result),
        again: (await proxied.retry()).status,
      };
    }, tokens.refreshToken);
    assert.deepEqual(seen, {
      status: "partial",
      token: true,
      code: "throttled",
      isAuthError: true,
      instance: true,
      json: true,
      posted: "partial",
      shows: false,
      spread: seen.keys,
      keys: seen.keys,
      again: "complete",
    });
    assert.ok(!seen.keys.includes("retry"));
    assert.deepEqual(jane.areValid(tokens), { access: false, refresh: false });
  });

  test("tokens and retry are own accessors, not enumerable", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn();
    jane.fault({
      operation: "*",
      answer: { type: "TooManyRequestsException" },
    });
    const seen = await jane.page.evaluate(async () => {
      /** @type {any} */
      const result = await cs.signOut({ global: true });
      return [
        [result, "retry"],
        [result.revokeTokenError, "refreshToken"],
        [result.globalSignOutError, "accessToken"],
      ].map(([target, name]) => {
        const property = Object.getOwnPropertyDescriptor(target, name);
        return [typeof property?.get, property?.enumerable];
      });
    });
    assert.deepEqual(seen, Array(3).fill(["function", false]));
  });

  test("retry() runs once for a failure: every call gives the same result", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn();
    jane.fault({
      operation: "RevokeToken",
      times: 3,
      answer: { type: "TooManyRequestsException" },
    });
    const seen = await jane.page.evaluate(async () => {
      /** @type {any} */
      const result = await cs.signOut();
      const one = result.retry();
      const two = result.retry();
      const [first, second] = await Promise.all([one, two]);
      const third = await result.retry();
      return {
        promise: one === two,
        object: first === second && second === third,
        status: [result.status, first.status],
      };
    });
    assert.deepEqual(seen, {
      promise: true,
      object: true,
      status: ["partial", "complete"],
    });
    assert.deepEqual(jane.calls, [
      ...Array(3).fill("(RevokeToken)"),
      "RevokeToken",
    ]);
    assert.equal((await jane.heard()).length, 1);
  });

  test("retry() of a retry; only what failed is run again", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn();
    jane.fault({
      operation: "RevokeToken",
      times: 6,
      answer: { type: "TooManyRequestsException" },
    });
    assert.equal((await jane.signOut({ global: true })).status, "partial");
    assert.deepEqual(jane.calls, [
      "GlobalSignOut",
      ...Array(3).fill("(RevokeToken)"),
    ]);
    jane.clearCalls();
    const again = await jane.retry();
    assert.equal(again.status, "partial");
    assert.equal(again.globalSignOutError, undefined);
    assert.equal(again.revokeTokenError.error.code, "throttled");
    assert.deepEqual(jane.calls, Array(3).fill("(RevokeToken)"));
    jane.clearCalls();
    const last = await jane.retry();
    assert.equal(last.status, "complete");
    assert.equal(last.wasSignedIn, true);
    assert.deepEqual(jane.calls, ["RevokeToken"]);
    assert.deepEqual(jane.areValid(tokens), { access: false, refresh: false });
  });

  test("retry() never touches a session that was stored since", async (t) => {
    const jane = await world.visitor(t);
    const first = await jane.signIn();
    jane.fault({
      operation: "RevokeToken",
      times: 3,
      answer: { type: "TooManyRequestsException" },
    });
    assert.equal((await jane.signOut()).status, "partial");
    const second = await jane.signIn();
    const keys = await jane.keys();
    assert.equal((await jane.retry()).status, "complete");
    assert.deepEqual(jane.areValid(first), { access: false, refresh: false });
    assert.deepEqual(jane.areValid(second), { access: true, refresh: true });
    assert.deepEqual(await jane.keys(), keys);
    assert.equal(
      await jane.page.evaluate(
        async (token) => (await cs.loadTokens())?.accessToken === token,
        second.accessToken,
      ),
      true,
    );
  });

  test("AuthError: an Error, with toJSON; isAuthError across two copies of the package", async (t) => {
    const jane = await world.visitor(t);
    const seen = await jane.page.evaluate(async () => {
      // @ts-expect-error a second copy of the package
      const copy = await import("/package/index.js");
      const error = await cs.refreshTokens().catch((error) => error);
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return {
        instances: [
          // The page's: a driver's scripts may have a global of their own.
          error instanceof globalThis.Error,
          error instanceof cs.AuthError,
          error instanceof copy.AuthError,
        ],
        copies: copy.AuthError !== cs.AuthError,
        isAuthError: [cs.isAuthError(error), copy.isAuthError(error)],
        others: [
          null,
          undefined,
          5,
          "AuthError",
          new Error("AuthError"),
          { name: "AuthError", code: "network" },
          proxy,
          structuredClone(error),
        ].map((value) => cs.isAuthError(value)),
        name: error.name,
        text: String(error),
        json: error.toJSON(),
        hasService: "service" in error.toJSON(),
        stack: error.stack.length > 0,
        keys: Object.keys(error).sort(),
      };
    });
    assert.deepEqual(seen.instances, [true, true, true]);
    assert.equal(seen.copies, true);
    assert.deepEqual(seen.isAuthError, [true, true]);
    assert.deepEqual(seen.others, Array(8).fill(false));
    assert.equal(seen.name, "AuthError");
    assert.equal(seen.text, `AuthError: ${seen.json.message}`);
    assert.deepEqual(Object.keys(seen.json), [
      ...["name", "code", "message", "recoverySuggestion", "retryable"],
    ]);
    assert.equal(seen.hasService, false);
    assert.equal(seen.json.code, "invalidState");
    assert.equal(seen.json.retryable, false);
    assert.equal(typeof seen.json.recoverySuggestion, "string");
    assert.equal(seen.stack, true);
    assert.ok(!seen.keys.includes("cause"));
  });

  test("an answer's own words and its request id are in the error", async (t) => {
    const jane = await world.visitor(t);
    await jane.signIn();
    jane.fault({
      operation: "RevokeToken",
      answer: { type: "ForbiddenException" },
    });
    const { revokeTokenError, steps } = await jane.signOut();
    const { error } = revokeTokenError;
    assert.equal(error.code, "service");
    assert.equal(error.service.type, "ForbiddenException");
    assert.equal(error.service.status, 400);
    const step = steps.find(
      (/** @type {any} */ step) => step.step === "revokeToken",
    );
    assert.equal(step.outcome, "failed");
    assert.equal(step.code, "service");
    assert.equal(step.requestId, error.service.requestId);
  });

  test("a request id that could hold a token is none", async (t) => {
    const jane = await world.visitor(t);
    const tokens = await jane.signIn();
    await jane.page.evaluate((id) => {
      window.fetch = () =>
        Promise.resolve(
          new Response("", {
            status: 400,
            headers: {
              "x-amzn-errortype": "ForbiddenException:",
              "x-amzn-requestid": id,
            },
          }),
        );
    }, tokens.refreshToken.repeat(2));
    const result = await jane.signOut();
    assert.equal(result.revokeTokenError.error.service.status, 400);
    assert.ok(!JSON.stringify(result).includes(tokens.refreshToken));
  });
});
