// A token is seen nowhere but where the contract puts it: the ways that the fault matrix (tests/proof/fault-cells.test.mjs) does not go, and the watch itself.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Watch, noteInPage } from "./lib/watch.mjs";
import { ready, sideBySide, until, useWorld } from "./lib/world.mjs";

const world = useWorld();

/**
 * A visitor whose page is watched from before it opens.
 * @param {import("node:test").TestContext} t
 */
async function watched(t) {
  const jane = await world.visitor(t, { init: noteInPage, path: "" });
  const watch = await Watch.of(jane.page, world.cognito.origin);
  /** @param {import("playwright-core").Page} page @param {string} [path] */
  const open = async (page, path = "/") => {
    await jane.go(path, page);
    await start(page);
  };
  /** @param {import("playwright-core").Page} page */
  const start = (page) =>
    page.evaluate(
      async ({ config, clientId }) => {
        const { watch } = /** @type {any} */ (globalThis);
        watch.hear(clientId);
        cs.onSignedOut((event) => watch.note("event", event));
        await cs.configure({ ...config, logger: watch.logger });
      },
      { config: jane.config, clientId: jane.clientId },
    );
  await open(jane.page);
  return { jane, watch, open, start };
}

/** @param {{ accessToken: string, idToken: string, refreshToken: string }} tokens */
const canaries = ({ accessToken, idToken, refreshToken }) => [
  accessToken,
  idToken,
  refreshToken,
];

describe("leaks", sideBySide(2), () => {
  test("the watch sees a token in every place that it watches", async (t) => {
    const { jane, watch } = await watched(t);
    const tokens = jane.session();
    await jane.page.evaluate(
      async ({ token, clientId, elsewhere }) => {
        const { watch } = /** @type {any} */ (globalThis);
        console.log({ deep: { token } });
        watch.logger.warn(token);
        watch.note("event", { token });
        localStorage.setItem("cognito-signout.planted", token);
        new BroadcastChannel(`cognito-signout.${clientId}.tabs`).postMessage({
          token,
        });
        history.replaceState({ token }, "", `#${token.slice(-30)}`);
        window.name = token;
        await new Promise((done) => {
          indexedDB.open(token).onsuccess = done;
        });
        await caches.open(token);
        void Promise.reject(new Error(token));
        setTimeout(() => {
          throw new Error(token);
        });
        await fetch(`${elsewhere}/blank?${token.slice(-30)}`, {
          method: "POST",
          body: token,
          headers: { authorization: token },
        }).catch(() => {});
        const error = Object.assign(new Error("no"), { cause: token });
        watch.show({ token, error, revokeTokenError: { token, error } });
      },
      {
        token: tokens.accessToken,
        clientId: jane.clientId,
        elsewhere: world.otherOrigin,
      },
    );
    const expected = [
      ...["console", "exception", "request", "body of a request"],
      ...["logger", "event", "own records", "BroadcastChannel", "history"],
      ...["URL", "window.name", "IndexedDB", "caches", "resource timing"],
      ...["unhandled rejection", "error event", "JSON and text", "entries"],
      ...["structured clone", "postMessage", "spread", "revokeTokenError"],
      "an error",
    ];
    await until(async () => {
      const seen = await watch.leaks(jane.page, canaries(tokens));
      return expected.every((place) => seen.includes(place));
    }, "each is seen");
  });

  test("the redirect, there and back, with appState, in this tab and another", async (t) => {
    const { jane, watch, open, start } = await watched(t);
    const other = await jane.tab("");
    const otherWatch = await Watch.of(other, world.cognito.origin);
    await open(other);
    const tokens = await jane.signIn({ origin: "hostedUI" });
    await jane.page.evaluate(() => {
      globalThis.ready = false;
      setTimeout(() => void cs.signOut({ global: true, appState: { a: 1 } }));
    });
    await ready(jane.page);
    await start(jane.page);
    const status = await jane.page.evaluate(async () => {
      const result = await cs.takeSignOutResult();
      /** @type {any} */ (globalThis).watch.show(result);
      return result?.status;
    });
    assert.ok(status === "complete" || status === "partial");
    assert.deepEqual(await watch.leaks(jane.page, canaries(tokens)), []);
    assert.deepEqual(await otherWatch.leaks(other, canaries(tokens)), []);
  });

  test("a popup", async (t) => {
    const { jane, watch } = await watched(t);
    const tokens = await jane.signIn({ origin: "hostedUI" });
    // It is gone too soon to be watched as the page is.
    const opened = jane.context.waitForEvent("page");
    /** @type {string[]} */
    const requests = [];
    jane.context.on("request", (request) => {
      const [url, headers] = [request.url(), request.headers()];
      requests.push(url);
      watch.notes.push(["request", JSON.stringify([url, headers])]);
    });
    for (const kind of /** @type {const} */ (["console", "weberror"]))
      jane.context.on(/** @type {any} */ (kind), (/** @type {any} */ event) => {
        const error = event.error?.();
        watch.notes.push([kind, `${event.text?.()} ${error} ${error?.stack}`]);
      });
    await jane.page.evaluate(() => {
      const button = document.createElement("button");
      button.onclick = () => {
        globalThis.kept = cs.signOut({ hostedUI: "popup" });
      };
      document.body.append(button);
    });
    await jane.page.click("button");
    const status = await jane.page.evaluate(async () => {
      const result = await globalThis.kept;
      /** @type {any} */ (globalThis).watch.show(result);
      return result.status;
    });
    assert.equal(status, "complete");
    const popup = await opened;
    await until(() => popup.isClosed(), "the popup is closed");
    assert.ok(requests.some((url) => url.includes("/logout?")));
    assert.ok(requests.includes(`${jane.origin}/`));
    assert.deepEqual(await watch.leaks(jane.page, canaries(tokens)), []);
  });

  test("foreign errors that quote a token: of fetch, of a storage, of navigate; thrown, rejected, nested", async (t) => {
    const { jane, watch } = await watched(t);
    const [first, second, third] = [0, 1, 2].map(() => jane.session());
    assert.ok(first && second && third);
    const seen = await jane.page.evaluate(
      async ({ config, all }) => {
        const { watch } = /** @type {any} */ (globalThis);
        const [first, second, third] = /** @type {any} */ (all);
        const { fetch } = globalThis;
        /** @type {string[]} */
        const seen = [];
        /** @param {any} result */
        const show = (result) => {
          watch.show(result);
          seen.push(result.status);
        };
        await cs.storeTokens(first);
        globalThis.fetch = () =>
          Promise.reject(
            new TypeError(`can't send ${first.refreshToken}`, {
              cause: new Error(first.accessToken),
            }),
          );
        show(await cs.signOut({ global: true, timeoutMs: 30_000 }));
        globalThis.fetch = fetch;

        const items = new Map();
        const client = cs.createClient({
          ...config,
          logger: watch.logger,
          storage: {
            getItem: (/** @type {string} */ key) => items.get(key) ?? null,
            setItem: (/** @type {string} */ key, /** @type {string} */ value) =>
              void items.set(key, value),
            removeItem: (/** @type {string} */ key) => {
              throw new Error(`can't remove ${items.get(key)}`);
            },
          },
        });
        await client.storeTokens(second);
        show(await client.signOut());

        await cs.storeTokens({ ...third, signInMethod: "hostedUI" });
        const thrown = `no way with ${third.idToken}`;
        show(
          await cs.signOut({
            navigate: () => {
              // eslint-disable-next-line typescript/only-throw-error -- pages do
              throw thrown;
            },
          }),
        );
        return seen;
      },
      {
        config: jane.config,
        all: [first, second, third].map(
          ({ accessToken, idToken, refreshToken }) => ({
            accessToken,
            idToken,
            refreshToken,
          }),
        ),
      },
    );
    assert.deepEqual(seen, ["partial", "failed", "partial"]);
    assert.deepEqual(
      await watch.leaks(jane.page, [first, second, third].flatMap(canaries)),
      [],
    );
  });

  test("calls that reject: tokens where they do not belong, dead ones, refused ones", async (t) => {
    const { jane, watch } = await watched(t);
    const tokens = await jane.signIn();
    jane.control.endSession(tokens.sessionId);
    const codes = await jane.page.evaluate(
      async ({ config, tokens }) => {
        const { watch } = /** @type {any} */ (globalThis);
        const { accessToken, refreshToken } = tokens;
        /** @type {any} */
        const wrong = { accessToken: [accessToken], refreshToken };
        /** @type {string[]} */
        const codes = [];
        for (const call of [
          () => cs.refreshTokens(),
          () => cs.globalSignOut(accessToken),
          () => cs.storeTokens(wrong),
          () => cs.storeTokens({ accessToken: `${accessToken}x.y` }),
          () => cs.configure({ ...config, userPoolClientId: accessToken }),
          () => cs.configure({ ...config, userPoolEndpoint: refreshToken }),
          () => cs.configure({ ...config, [accessToken]: 1 }),
        ])
          await call().then(
            () => codes.push("fine"),
            (error) => {
              watch.show({ error });
              codes.push(error.code);
            },
          );
        return codes;
      },
      {
        config: jane.config,
        tokens: {
          accessToken: tokens.accessToken,
          refreshToken: tokens.refreshToken,
        },
      },
    );
    assert.ok(codes.includes("tokenRevoked"), codes.join());
    assert.ok(codes.includes("configuration"), codes.join());
    assert.deepEqual(await watch.leaks(jane.page, canaries(tokens)), []);
  });
});
