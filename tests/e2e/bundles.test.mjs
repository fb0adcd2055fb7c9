// Micro-frontends: several bundles in one page, each with a copy of the package of its own; and the two halves of one app, ES
// module and CommonJS.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import * as esbuild from "esbuild";
import { builtApp } from "./lib/app.mjs";
import { sideBySide, until, useWorld } from "./lib/world.mjs";

/** @typedef {import("cognito-signout").SignedOutEvent} SignedOutEvent */
/** @typedef {{ accessToken: string, refreshToken: string }} Tokens */
/** @typedef {typeof import("cognito-signout") & { heard: SignedOutEvent[] }} Copy */

const world = useWorld();

/** @type {Promise<Record<"shell" | "remote" | "legacy", string>> | undefined} */
let built;

/** Real bundles, as several teams would build them. */
const bundles = () => (built ??= build());

async function build() {
  const { root } = await builtApp();
  const bundles = { shell: "", remote: "", legacy: "" };
  const dir = await mkdtemp(join(tmpdir(), "bundles-"));
  try {
    for (const [name, text] of Object.entries({
      shell: `export * from "cognito-signout"; export { connectUserManager } from "cognito-signout/oidc-client-ts"; export const heard = [];`,
      remote: `export * from "cognito-signout"; export { connectUserManager } from "cognito-signout/oidc-client-ts"; export const heard = [];`,
      legacy: `module.exports = { ...require("cognito-signout"), heard: [] };`,
    })) {
      const entry = join(dir, `${name}.${name === "legacy" ? "cjs" : "mjs"}`);
      await writeFile(entry, text);
      const { outputFiles } = await esbuild.build({
        entryPoints: [entry],
        bundle: true,
        minify: true,
        format: "iife",
        globalName: name,
        // Its own node_modules, wherever the entry lies.
        nodePaths: [join(root, "node_modules")],
        external: [
          "*/cognito-signout-fallback.js",
          "*/cognito-signout-fallback.cjs",
        ],
        write: false,
        logLevel: "error",
      });
      bundles[/** @type {keyof typeof bundles} */ (name)] =
        outputFiles[0]?.text ?? "";
    }
  } finally {
    await rm(dir, { recursive: true });
  }
  return bundles;
}

/**
 * A page with these bundles, and a visitor for each of them: of an app client of its own.
 * @param {import("node:test").TestContext} t
 * @param {("shell" | "remote" | "legacy")[]} names
 */
async function page(t, ...names) {
  const jane = await world.visitor(t, { path: "", configure: false });
  const john = await world.visitor(t, { path: "" });
  await jane.page.goto(`${jane.origin}/blank`);
  for (const name of names)
    await jane.page.addScriptTag({ content: (await bundles())[name] });
  const [hers, his] = [jane.session(), john.session()];
  const plain = (/** @type {typeof hers} */ tokens) => ({
    accessToken: tokens.accessToken,
    refreshToken: tokens.refreshToken,
  });
  const isLive = () => [
    jane.areValid(hers).refresh,
    jane.areValid(his).refresh,
  ];
  return {
    jane,
    john,
    page: jane.page,
    isLive,
    given: {
      configs: /** @type {[any, any]} */ ([jane.config, john.config]),
      tokens: /** @type {[Tokens, Tokens]} */ ([plain(hers), plain(his)]),
    },
  };
}

describe("several copies of the package in one page", sideBySide(3), () => {
  for (const first of [0, 1])
    test(`two bundles, each configured, the ${first ? "second" : "first"} one first: each has its own user, in every function`, async (t) => {
      const { page: tab, given, isLive } = await page(t, "shell", "remote");
      const seen = await tab.evaluate(
        async ({ configs, tokens, first }) => {
          /** @type {any} */
          const realm = globalThis;
          /** @type {Copy[]} */
          const copies = [realm.shell, realm.remote];
          for (const copy of copies)
            copy.onSignedOut((event) => copy.heard.push(event));
          for (const index of [first, 1 - first])
            await copies[index]?.configure(configs[index]);
          const [shell, remote] = /** @type {[Copy, Copy]} */ (copies);
          await shell.storeTokens(tokens[0]);
          await remote.storeTokens(tokens[1]);
          const loaded = [
            (await shell.loadTokens())?.refreshToken === tokens[0].refreshToken,
            (await remote.loadTokens())?.refreshToken ===
              tokens[1].refreshToken,
          ];
          const out = shell.signOut({ hostedUI: "none", timeoutMs: 60_000 });
          const busy = [shell.isSigningOut(), remote.isSigningOut()];
          const result = await out;
          return {
            loaded,
            busy,
            status: result.status,
            signedIn: result.signedOutLocally && result.wasSignedIn,
            left: [!!(await shell.loadTokens()), !!(await remote.loadTokens())],
            heard: [shell.heard.length, remote.heard.length],
            taken: await remote.takeSignOutResult(),
          };
        },
        { ...given, first },
      );
      assert.deepEqual(seen, {
        loaded: [true, true],
        busy: [true, false],
        status: "complete",
        signedIn: true,
        left: [false, true],
        heard: [1, 0],
        taken: null,
      });
      assert.deepEqual(isLive(), [false, true]);
      const engines = await tab.evaluate(async () => {
        /** @type {Copy} */
        const remote = /** @type {any} */ (globalThis).remote;
        const result = await remote.signOut({
          hostedUI: "none",
          timeoutMs: 60_000,
        });
        return result.status;
      });
      assert.equal(engines, "complete");
      assert.deepEqual(isLive(), [false, false]);
    });

  test("one engine for all of them", async (t) => {
    const { page: tab, given } = await page(t, "shell", "remote", "legacy");
    const engines = await tab.evaluate(
      async ({ configs }) => {
        const { instantiate } = WebAssembly;
        let engines = 0;
        WebAssembly.instantiate = /** @type {any} */ (
          (/** @type {any} */ bytes, /** @type {any} */ imports) => {
            engines++;
            return instantiate(bytes, imports);
          }
        );
        const { shell, remote, legacy } = /** @type {any} */ (globalThis);
        await Promise.all([
          remote.configure(configs[1]),
          shell.configure(configs[0]),
          legacy.preload(),
        ]);
        await legacy.loadTokens();
        return engines;
      },
      { configs: given.configs },
    );
    assert.equal(engines, 1);
  });

  test("a copy that never was configured uses the client of the copy that was first, and follows it", async (t) => {
    const {
      page: tab,
      given,
      isLive,
    } = await page(t, "shell", "remote", "legacy");
    const seen = await tab.evaluate(async ({ configs, tokens }) => {
      /** @type {{ shell: Copy, remote: Copy, legacy: Copy }} */
      const { shell, remote, legacy } = /** @type {any} */ (globalThis);
      const before = [
        legacy.isSigningOut(),
        (await legacy.loadTokens().catch((error) => error)).code,
        (await legacy.signOut()).status,
      ];
      // Before anyone has configured anything.
      legacy.onSignedOut((event) => legacy.heard.push(event));
      const off = legacy.onSignedOut((event) => legacy.heard.push(event));
      await shell.configure(configs[0]);
      await remote.configure(configs[1]);
      off();
      await shell.storeTokens(tokens[0]);
      await remote.storeTokens(tokens[1]);
      const token = (await legacy.loadTokens())?.refreshToken;
      const which = tokens.findIndex((each) => each.refreshToken === token);
      const { status } = await legacy.signOut({
        hostedUI: "none",
        timeoutMs: 60_000,
      });
      // Configured again, it is still the page's default.
      await shell.configure(configs[1]);
      return {
        before,
        which,
        status,
        heard: legacy.heard.length,
        follows: (await legacy.loadTokens())?.refreshToken,
      };
    }, given);
    assert.deepEqual(seen, {
      before: [false, "notConfigured", "failed"],
      which: 0,
      status: "complete",
      heard: 1,
      follows: given.tokens[1]?.refreshToken,
    });
    assert.deepEqual(isLive(), [false, true]);
  });

  test("who listens in a copy before it is configured hears that copy's client, and no other", async (t) => {
    const { page: tab, given } = await page(t, "shell", "remote", "legacy");
    const heard = await tab.evaluate(async ({ configs, tokens }) => {
      /** @type {{ shell: Copy, remote: Copy }} */
      const { shell, remote } = /** @type {any} */ (globalThis);
      const offs = [shell, remote].map((copy) => {
        copy.onSignedOut((event) => copy.heard.push(event));
        return copy.onSignedOut((event) => copy.heard.push(event));
      });
      await shell.configure(configs[0]);
      await remote.configure(configs[1]);
      // Taken off wherever it is by now.
      for (const off of offs) off();
      await remote.storeTokens(tokens[1]);
      await remote.signOut({ hostedUI: "none", timeoutMs: 60_000 });
      return [shell.heard.length, remote.heard.length];
    }, given);
    assert.deepEqual(heard, [0, 1]);
  });

  test("ES module and CommonJS of one app, both configured alike: one session, one sign-out, each listener told once", async (t) => {
    const { jane, page: tab, given } = await page(t, "shell", "legacy");
    const seen = await tab.evaluate(async ({ configs, tokens }) => {
      /** @type {{ shell: Copy, legacy: Copy }} */
      const { shell, legacy } = /** @type {any} */ (globalThis);
      for (const copy of [shell, legacy]) {
        copy.onSignedOut((event) => copy.heard.push(event));
        await copy.configure(configs[0]);
      }
      await shell.storeTokens(tokens[0]);
      const results = await Promise.all(
        [legacy, shell].map((copy) =>
          copy.signOut({ hostedUI: "none", timeoutMs: 60_000 }),
        ),
      );
      return {
        statuses: results.map(({ status }) => status),
        heard: [shell.heard, legacy.heard].map((events) =>
          events.map(({ reason }) => reason),
        ),
        left: await legacy.loadTokens(),
      };
    }, given);
    assert.deepEqual(seen, {
      statuses: ["complete", "complete"],
      heard: [["signOut"], ["signOut"]],
      left: null,
    });
    assert.deepEqual(jane.calls, ["RevokeToken"]);
  });

  test("an adapter goes by the copy that it imports", async (t) => {
    const { page: tab, given } = await page(t, "shell", "remote");
    const removed = await tab.evaluate(async ({ configs, tokens }) => {
      const { shell, remote } = /** @type {any} */ (globalThis);
      await shell.configure(configs[0]);
      await remote.configure(configs[1]);
      await shell.storeTokens(tokens[0]);
      await remote.storeTokens(tokens[1]);
      /** @type {string[]} */
      const removed = [];
      const manager = (/** @type {string} */ name) => ({
        settings: {},
        events: {
          addUserLoaded: () => () => {},
          addUserUnloaded: () => () => {},
          unload() {},
        },
        removeUser: async () => void removed.push(name),
        startSilentRenew() {},
        stopSilentRenew() {},
      });
      shell.connectUserManager(manager("shell"));
      remote.connectUserManager(manager("remote"));
      await remote.signOut({ hostedUI: "none", timeoutMs: 60_000 });
      for (let times = 0; times < 20; times++)
        await new Promise((done) => setTimeout(done));
      return removed;
    }, given);
    assert.deepEqual(removed, ["remote"]);
  });

  test("the result of the page before goes to the copy whose client left", async (t) => {
    const { jane, page: tab, given } = await page(t, "shell", "remote");
    await tab.evaluate(async ({ configs, tokens }) => {
      const { shell, remote } = /** @type {any} */ (globalThis);
      await shell.configure(configs[0]);
      await remote.configure(configs[1]);
      await remote.storeTokens({ ...tokens[1], signInMethod: "hostedUI" });
      setTimeout(() => void remote.signOut({ appState: "remote" }));
    }, given);
    await until(
      () => tab.url() === jane.urls[0] || undefined,
      "the page is back",
    );
    await tab.waitForLoadState();
    for (const name of /** @type {const} */ (["shell", "remote"]))
      await tab.addScriptTag({ content: (await bundles())[name] });
    const states = await tab.evaluate(async ({ configs }) => {
      const { shell, remote } = /** @type {any} */ (globalThis);
      await shell.configure(configs[0]);
      await remote.configure(configs[1]);
      return [
        (await shell.takeSignOutResult())?.appState,
        (await remote.takeSignOutResult())?.appState,
      ];
    }, given);
    assert.deepEqual(states, [undefined, "remote"]);
  });
});
