// What goes wrong is heard: without a logger of the app's own on the console, once of each cause and page, with what to do and
// where to read of it, and never with a token.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { sideBySide, useWorld } from "./lib/world.mjs";

const world = useWorld();

const PAGE =
  "https://github.com/cognito-signout/cognito-signout/blob/main/docs/errors.md#";

/** Runs in a page before the app: what its console is given. It stands alone. */
function listen() {
  const page = /** @type {any} */ (globalThis);
  page.printed = [];
  for (const level of ["log", "debug", "info", "warn", "error"]) {
    const print = /** @type {any} */ (console)[level];
    /** @type {any} */ (console)[level] = (
      /** @type {unknown[]} */ ...given
    ) => {
      page.printed.push(`${level} ${given.join(" ")}`);
      print.apply(console, given);
    };
  }
}

/** @param {import("node:test").TestContext} t @param {object} [options] */
async function visitor(t, options) {
  const jane = await world.visitor(t, options);
  await jane.page.evaluate(listen);
  const printed = () =>
    jane.page.evaluate(() => /** @type {any} */ (globalThis).printed);
  return { jane, printed };
}

describe("by default", sideBySide(4), () => {
  test("a failed result: once of each cause, with what to do and where to read of it", async (t) => {
    const { jane, printed } = await visitor(t);
    const tokens = await jane.signIn();
    await jane.page.evaluate(async () => {
      const wrong = /** @type {any} */ ({ hostedUi: "none" });
      await cs.signOut(wrong);
      await cs.signOut(wrong);
      await cs.signOut(/** @type {any} */ ({ global: "yes" }));
      await cs.signOut({ signal: AbortSignal.abort() });
    });
    const lines = await printed();
    assert.deepEqual(lines, [
      `warn cognito-signout: hostedUi: is not known. Did you mean hostedUI? Correct the field that the message names. ${PAGE}configuration`,
      `warn cognito-signout: global: must be true or false. Correct the field that the message names. ${PAGE}configuration`,
      `warn cognito-signout: The operation was aborted. Call it again to retry. ${PAGE}aborted`,
    ]);
    assert.equal(jane.control.isTokenValid(tokens.refreshToken), true);
  });

  test("no configure, and a configuration that was refused", async (t) => {
    const { jane, printed } = await visitor(t, { configure: false });
    const codes = await jane.page.evaluate(async () => {
      const codeOf = (/** @type {Promise<unknown>} */ promise) =>
        promise.then(
          () => "",
          (error) => error.code,
        );
      const signOut = async () =>
        /** @type {any} */ (await cs.signOut()).error.code;
      return [
        await codeOf(cs.loadTokens()),
        await signOut(),
        await codeOf(cs.configure(/** @type {any} */ ({ userPoolId: "x" }))),
        await signOut(),
        await signOut(),
      ];
    });
    assert.deepEqual(codes, [
      ...["notConfigured", "notConfigured"],
      ...["configuration", "configuration", "configuration"],
    ]);
    assert.deepEqual(await printed(), [
      `warn cognito-signout: No user pool is configured. Call configure() with your user pool before signOut(). ${PAGE}notconfigured`,
      `warn cognito-signout: userPoolId: is not a user pool id. It looks like eu-central-1_AbCdEf123. Correct the field that the message names. ${PAGE}configuration`,
    ]);
  });

  test("a storage that keeps the tokens: once, however often it is tried", async (t) => {
    const { jane, printed } = await visitor(t);
    await jane.signIn();
    await jane.page.evaluate(async () => {
      const { removeItem } = Storage.prototype;
      Storage.prototype.removeItem = () => {
        throw new Error("no");
      };
      await cs.signOut();
      await cs.signOut();
      Storage.prototype.removeItem = removeItem;
    });
    const lines = await printed();
    assert.equal(lines.length, 1, lines.join("\n"));
    assert.match(
      lines[0],
      new RegExp(`^warn cognito-signout: .*${PAGE}storage$`),
    );
  });

  test("a sign-out that worked, and one that worked in part, print nothing", async (t) => {
    const { jane, printed } = await visitor(t);
    await jane.signIn();
    jane.fault({
      operation: "RevokeToken",
      answer: { type: "ForbiddenException" },
    });
    const statuses = await jane.page.evaluate(async () => [
      (await cs.signOut()).status,
      (await cs.signOut()).status,
    ]);
    assert.deepEqual(statuses, ["partial", "complete"]);
    assert.deepEqual(await printed(), []);
  });

  test("nobody is signed in, but users of another app client are: both ids, once", async (t) => {
    const { jane, printed } = await visitor(t);
    const john = await world.visitor(t, { path: "" });
    await jane.signIn();
    await jane.page.evaluate(async (config) => {
      const client = cs.createClient(config);
      await client.signOut();
      await client.signOut();
    }, john.config);
    assert.deepEqual(await printed(), [
      `warn cognito-signout: found sessions of other app clients: ${jane.clientId}; configured ${john.clientId}`,
    ]);
  });

  test("cookies: a session that only a server sees is thought of, unless one has just ended here", async (t) => {
    const { jane, printed } = await visitor(t, {
      config: { storage: "cookie" },
    });
    const reasons = await jane.page.evaluate(async () => {
      const reason = async () => (await cs.signOut()).steps[0]?.reason;
      return [await reason(), await reason()];
    });
    assert.match(`${reasons[0]}`, /HttpOnly cookies/);
    assert.deepEqual(await printed(), [`warn cognito-signout: ${reasons[0]}`]);
    await jane.signIn();
    const after = await jane.page.evaluate(async () => {
      await cs.signOut();
      return (await cs.signOut()).steps[0]?.reason ?? null;
    });
    assert.equal(after, null);
  });

  test("Amplify's ssr: the same; without it nothing is said", async (t) => {
    const { jane, printed } = await visitor(t, { configure: false });
    const { userPoolId, userPoolClientId } = jane.config;
    const Auth = { userPoolId, userPoolWebClientId: userPoolClientId };
    /** @param {object} config */
    const reason = (config) =>
      jane.page.evaluate(async (config) => {
        const client = cs.createClient(/** @type {any} */ (config));
        return (await client.signOut()).steps[0]?.reason ?? null;
      }, config);
    assert.equal(await reason({ Auth }), null);
    assert.match(`${await reason({ Auth, ssr: true })}`, /HttpOnly cookies/);
    assert.equal((await printed()).length, 1);
  });

  test("an endpoint without encryption that was allowed", async (t) => {
    const { jane, printed } = await visitor(t, { configure: false });
    await jane.page.evaluate(async (config) => {
      const endpoint = {
        userPoolEndpoint: "http://cognito.example:9229",
        allowInsecureEndpoint: true,
      };
      await cs.configure({ ...config, ...endpoint });
      await cs.configure({ ...config, ...endpoint });
    }, jane.config);
    const lines = await printed();
    assert.equal(lines.length, 1);
    assert.match(
      lines[0],
      /^warn cognito-signout: allowInsecureEndpoint is set/,
    );
  });

  test("no token is in a warning", async (t) => {
    const { jane, printed } = await visitor(t);
    const { accessToken, refreshToken } = await jane.signIn();
    await jane.page.evaluate(
      async (tokens) => {
        for (const token of tokens) {
          await cs.signOut(/** @type {any} */ ({ [token]: true }));
          await cs.signOut({ redirectUrl: `https://a.example/${token}` });
        }
      },
      [accessToken, `${refreshToken}`],
    );
    const text = (await printed()).join("\n");
    assert.match(text, /is not known/);
    for (const token of [accessToken, refreshToken])
      assert.ok(!text.includes(`${token}`.slice(0, 40)), text);
  });
});

describe("told otherwise", sideBySide(4), () => {
  test("logger: false is silent; a logger of one's own has it all, each time", async (t) => {
    const { jane, printed } = await visitor(t, { configure: false });
    const lines = await jane.page.evaluate(async (config) => {
      /** @type {string[]} */
      const lines = [];
      const wrong = /** @type {any} */ ({ globl: true });
      await cs.configure({ ...config, logger: false });
      await cs.signOut(wrong);
      const warn = (/** @type {string} */ line) => void lines.push(line);
      await cs.configure({ ...config, logger: { warn } });
      await cs.signOut(wrong);
      await cs.signOut(wrong);
      await cs.configure({
        ...config,
        logger: {
          warn() {
            throw new Error("a logger that throws");
          },
        },
      });
      const { status } = await cs.signOut(wrong);
      return [...lines, status];
    }, jane.config);
    const line = `cognito-signout: globl: is not known. Did you mean global? Correct the field that the message names. ${PAGE}configuration`;
    assert.deepEqual(lines, [line, line, "failed"]);
    assert.deepEqual(await printed(), []);
  });
});
