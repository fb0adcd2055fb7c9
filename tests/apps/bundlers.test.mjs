// One app, built by each bundler with no configuration.
import assert from "node:assert/strict";
import { readFile, rename } from "node:fs/promises";
import { basename } from "node:path";
import { describe, test } from "node:test";
import { HANGS_MS, LIVE, OVER, useWorld } from "../e2e/lib/world.mjs";
import { filesBelow } from "../../scripts/lib/fingerprint.mjs";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { bundle, bundlerNames } from "./lib/bundlers.mjs";
import { consumer, serverIn } from "./lib/consumer.mjs";
import { signInAndOut } from "./lib/journey.mjs";
import { serveFolder } from "./lib/serve.mjs";

/** @import { BundlerName } from "./lib/bundlers.mjs" */

const TEMPLATES = ["tests/apps/page"];
const world = useWorld({ app: false });

/** These make one file. @type {BundlerName[]} */
const UNSPLIT = ["vite-single", "esbuild-iife"];

/** How `slim` gets the engine's URL: the bundlers that the README has lines for. */
const SLIM = /** @type {const} */ (["vite", "webpack"]);

/** A piece of the engine, as it stands in the package. */
const engine = async () =>
  (await readFile(inRoot("dist/cognito-signout-engine.js"), "utf8")).match(
    /[\w+/]{1000}/,
  )?.[0] ?? "no engine";

/** Those of a bundler of its own, if it has any. @param {BundlerName} name */
const templatesOf = (name) =>
  name === "vite-single" ? [...TEMPLATES, `tests/apps/${name}`] : TEMPLATES;

/** The scripts that a bundler made. @param {string} folder */
const scripts = async (folder) =>
  (await filesBelow(folder)).filter((file) => /\.m?js$/.test(file));

describe("bundlers", { timeout: 20 * HANGS_MS }, () => {
  for (const name of bundlerNames)
    test(name, async (t) => {
      const folder = await consumer(name, { templates: templatesOf(name) });
      const { site, made, said } = await bundle(name, folder);
      if (name === "webpack") {
        // The engine as JavaScript is one function of 462 KiB. No page loads it where WebAssembly is on.
        assert.match(said, /compiled with 1 warning/);
        assert.match(said, /Assets:\s+cognito-signout-fallback\.js \(/);
      } else if (!UNSPLIT.includes(name))
        assert.doesNotMatch(said, /warn|\(!\)/i);
      const { origin, close } = await serveFolder(site);
      t.after(close);
      await signInAndOut(world, t, `${origin}/`);

      const piece = await engine();
      const files = await scripts(made);
      const holders = [];
      for (const file of files)
        if ((await readFile(file, "utf8")).includes(piece))
          holders.push(basename(file));
      assert.equal(holders.length, 1);
      if (UNSPLIT.includes(name)) assert.equal(files.length, 1);
      // The network panel tells what it is.
      else assert.match(holders[0] ?? "", /cognito-signout-engine/);
    });

  for (const name of bundlerNames.filter((name) => !UNSPLIT.includes(name)))
    test(`${name}: the server has no engine chunk, and has it again later`, async (t) => {
      const folder = await consumer(`${name}-404`, { templates: TEMPLATES });
      const { site, made } = await bundle(name, folder);
      const chunk = (await scripts(made)).find((file) =>
        file.includes("cognito-signout-engine"),
      );
      assert.ok(chunk);
      await rename(chunk, `${chunk}.gone`);
      const { origin, close } = await serveFolder(site);
      t.after(close);
      const jane = await world.visitor(t, { origin, path: "" });
      const { page } = jane;
      const says = (/** @type {string} */ text) =>
        page.locator("output", { hasText: text }).waitFor();
      /** @type {Error[]} */
      const thrown = [];
      page.on("pageerror", (error) => thrown.push(error));
      await page.goto(`${origin}/`);
      await says("The WebAssembly module could not be loaded.");
      const tokens = jane.session();
      await page.evaluate(
        ({ prefix, username, tokens }) => {
          localStorage.setItem(`${prefix}.LastAuthUser`, username);
          for (const [name, token] of Object.entries(tokens))
            localStorage.setItem(`${prefix}.${username}.${name}`, token);
        },
        {
          prefix: `CognitoIdentityServiceProvider.${jane.clientId}`,
          username: jane.username,
          tokens: {
            accessToken: tokens.accessToken,
            idToken: tokens.idToken,
            refreshToken: tokens.refreshToken,
          },
        },
      );
      jane.clearCalls();
      await page.click("#sign-out");
      await says("signed out: partial");
      assert.deepEqual(await jane.keys(page), []);
      assert.deepEqual(jane.calls, []);
      assert.deepEqual(jane.areValid(tokens), LIVE);

      await rename(`${chunk}.gone`, chunk);
      if (name === "parcel") {
        // It keeps the promise of the chunk that failed: only a new page asks again.
        await page.reload();
        return says("nobody is signed in");
      }
      await page.click("#retry");
      await says("signed out: complete");
      assert.deepEqual(jane.calls, ["GlobalSignOut", "RevokeToken"]);
      assert.deepEqual(jane.areValid(tokens), OVER);
      assert.deepEqual(thrown, []);
    });

  for (const name of SLIM)
    test(`${name}: slim, with the engine at a URL that it gives`, async (t) => {
      const folder = await consumer(`slim-${name}`, {
        templates: [...TEMPLATES, `tests/apps/slim-${name}`],
      });
      const { site, made } = await bundle(name, folder);
      const { origin, close } = await serveFolder(site);
      t.after(close);
      const wasm = (await filesBelow(made)).filter((file) =>
        file.endsWith(".wasm"),
      );
      assert.equal(wasm.length, 1);
      assert.deepEqual(
        await readFile(wasm[0] ?? ""),
        await readFile(inRoot("dist/engine.wasm")),
      );
      /** @type {string[]} */
      const loaded = [];
      await signInAndOut(world, t, `${origin}/`, {
        after: async (page) => {
          loaded.push(
            ...(await page.evaluate(() =>
              performance.getEntriesByType("resource").map(({ name }) => name),
            )),
          );
        },
      });
      assert.ok(loaded.some((url) => url.endsWith(basename(wasm[0] ?? ""))));
      assert.ok(!loaded.some((url) => url.includes("fallback")));
    });

  test("Vite's dev server", async (t) => {
    const folder = await consumer("vite-dev", { templates: TEMPLATES });
    const server = await serverIn(folder, "vite/bin/vite.js", ["--port", "0"]);
    t.after(server.close);
    await signInAndOut(world, t, `${server.origin}/`);
  });
});
