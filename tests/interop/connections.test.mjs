// Both adapters: they miss nothing while the engine is loading, tell of each sign-out once however often they are connected, and cost an
// app's main chunk no more than the entry.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as esbuild from "esbuild";
import { sizeOf } from "../../scripts/lib/sizes.mjs";
import { builtApp } from "../e2e/lib/app.mjs";
import {
  HANGS_MS,
  PASSWORD,
  PATIENT_MS,
  SHOWN_TO_OTHER_TABS,
  until,
} from "../e2e/lib/world.mjs";
import { resources } from "./lib/amplify.mjs";
import { namesLeft, oidcSettings, useInterop } from "./lib/interop.mjs";

/**
 * @import { Page } from "playwright-core"
 * @import { Visitor } from "../e2e/lib/world.mjs"
 */

const LIBRARIES = { amplify: resources, oidc: oidcSettings };

for (const [name, config] of Object.entries(LIBRARIES))
  describe(
    `connected: ${name}`,
    { concurrency: 2, timeout: HANGS_MS * 4 },
    () => {
      const world = useInterop("connections");
      /** @param {import("node:test").TestContext} t */
      const arrive = (t) =>
        world.visitor(t, { config, given: { library: name } });

      test("again and again, and by a copy: each sign-out is told once, and each disposer ends its own", async (t) => {
        const jane = await arrive(t);
        await configure(jane.page);
        const { page } = jane;
        await page.evaluate(() => {
          const { connect, connectByCopy } = library;
          const [unmounted, ...ends] = [1, 2, 3, 4].map(() => connect());
          // As StrictMode does it.
          unmounted?.();
          globalThis.kept = [...ends, connectByCopy()];
        });
        /** @type {string[]} */
        const said = [];
        const round = async () => {
          await signIn(jane);
          await signOut(jane);
          said.push("in", "out");
          await says(page, said);
        };
        await round();
        await round();
        // The older ones end, one of them twice.
        await page.evaluate(() => {
          const [first, second] = globalThis.kept;
          for (const end of [first, first, second]) end();
        });
        await round();
        await page.evaluate(() => globalThis.kept[2]());
        await round();

        await page.evaluate(() => globalThis.kept[3]());
        await signIn(jane);
        await signOut(jane);
        await signIn(jane);
        await says(page, [...said, "in", "in"]);
        // Connected once more, nothing of before is left.
        await page.evaluate(() => void library.connect());
        await signOut(jane);
        await says(page, [...said, "in", "in", "out"]);
      });

      test("in another tab too, several connections say it once", async (t) => {
        const jane = await arrive(t);
        await configure(jane.page);
        await signIn(jane);
        const other = await jane.tab();
        await configure(other);
        await other.evaluate(() => {
          for (const connect of [library.connect, library.connectByCopy])
            for (let i = 0; i < 2; i++) connect();
        });
        await signOut(jane);
        await says(other, ["out"]);
        await signIn(jane, other);
        await says(other, ["out", "in"]);
      });

      test("an engine that does not come holds nothing up", async (t) => {
        const jane = await arrive(t);
        const { page } = jane;
        const release = await holdEngine(page);
        await page.evaluate(() => {
          library.connect();
          void cs.configure(library.config);
          globalThis.kept = { isReady: false };
          const ready = () => (globalThis.kept.isReady = true);
          void cs.loadTokens().then(ready, ready);
        });
        await signIn(jane);
        const result = await page.evaluate(async () =>
          show(await cs.signOut({ timeoutMs: 0, hostedUI: "none" })),
        );
        assert.equal(result.revokeTokenError.error.code, "moduleUnavailable");
        await says(page, ["in", "out"]);
        assert.equal(await page.evaluate(() => globalThis.kept.isReady), false);
        assert.deepEqual(await namesLeft(page), []);

        // Whoever signs in meanwhile is of a new session, and stays when the engine is there.
        await signIn(jane);
        release();
        await page.waitForFunction(() => globalThis.kept.isReady);
        await page.evaluate(() => cs.loadTokens());
        await says(page, ["in", "out", "in"]);
        assert.equal(await page.evaluate(() => library.isIn()), true);
        await signOut(jane);
        await says(page, ["in", "out", "in", "out"]);
      });

      test("what another tab ends is not missed: while the engine is loading, before configure, and before the connection", async (t) => {
        const jane = await arrive(t);
        await configure(jane.page);

        // It signed in before it was connected.
        await signIn(jane);
        await jane.page.evaluate(() => void library.connect());
        const other = await jane.tab();
        await configure(other);
        await signOut(jane, other);
        await says(jane.page, ["in", "out"]);

        // It was connected, and signed in, before it was configured.
        const early = await jane.tab();
        await early.evaluate(() => void library.connect());
        await signIn(jane, early);
        await configure(early);
        await signOut(jane, other);
        await says(early, ["in", "out"]);

        // Its engine is still on its way.
        const late = await jane.tab();
        const release = await holdEngine(late);
        await late.evaluate(() => {
          library.connect();
          void cs.configure(library.config);
        });
        await signIn(jane, late);
        await signOut(jane, other);
        release();
        await says(late, ["in", "out"]);
      });

      test("a session that can't be read is not taken for one that has ended", async (t) => {
        const jane = await arrive(t);
        const { page } = jane;
        await page.evaluate(() => {
          library.connect({
            loadTokens: () => Promise.reject(new Error("no engine")),
            onSignedOut: (listener) => {
              globalThis.kept = listener;
              return () => {};
            },
          });
        });
        await signIn(jane);
        for (const reason of ["otherTab", "restored", "signOut"])
          await page.evaluate(async (reason) => {
            globalThis.kept({ reason, global: false, redirecting: false });
            // All that comes of it has happened by then.
            for (let i = 0; i < 5; i++) await library.isIn();
          }, reason);
        assert.equal(await page.evaluate(() => library.isIn()), true);
        await says(page, ["in"]);
      });

      test("disposed of while the engine is asked: the last disposer ends it, one before the last does not", async (t) => {
        const jane = await arrive(t);
        await configure(jane.page);
        const { page } = jane;
        await page.evaluate(() => {
          /** @type {(() => void)[]} */
          const answers = [];
          /** @type {((event: import("cognito-signout").SignedOutEvent) => void)[]} */
          const listeners = [];
          /** @type {Parameters<typeof library.connect>[0]} */
          const client = {
            loadTokens: () =>
              new Promise((resolve) => answers.push(() => resolve(null))),
            onSignedOut: (listener) => {
              listeners.push(listener);
              return () => void listeners.splice(0);
            },
          };
          const tell = () => {
            for (const listener of [...listeners])
              listener({
                reason: "otherTab",
                global: false,
                redirecting: false,
              });
          };
          const answer = async () => {
            // Nobody is signed in by then.
            await cs.signOut({ hostedUI: "none" });
            for (const each of answers.splice(0)) each();
            for (let i = 0; i < 5; i++) await library.isIn();
          };
          globalThis.kept = { client, tell, answer };
        });
        await signIn(jane);
        await page.evaluate(async () => {
          const { client, tell, answer } = globalThis.kept;
          const end = library.connect(client);
          tell();
          end();
          await answer();
        });
        await signIn(jane);
        await says(page, ["in", "in"]);

        await page.evaluate(async () => {
          const { client, tell, answer } = globalThis.kept;
          const end = library.connect(client);
          tell();
          end();
          library.connect(client);
          await answer();
        });
        await says(page, ["in", "in", "out"]);
      });
    },
  );

test("connectAmplify adds less than 9 KB to an app's main chunk", async () => {
  const app = await builtApp();
  const AMPLIFY = `
    import { Amplify } from "aws-amplify";
    import { fetchAuthSession, getCurrentUser, signIn, signOut } from "aws-amplify/auth";
    import { Hub } from "aws-amplify/utils";
    console.log(Amplify, fetchAuthSession, getCurrentUser, signIn, signOut, Hub);
  `;
  const OURS = `
    import { configure, signOut as end } from "cognito-signout";
    import { connectAmplify } from "cognito-signout/amplify";
    console.log(configure, connectAmplify, end);
  `;
  const [without, main] = await Promise.all(
    [AMPLIFY, AMPLIFY + OURS].map((code) => mainChunk(code, app.root)),
  );
  const grows = (main ?? NaN) - (without ?? NaN);
  assert.ok(grows < 9_000, `${grows} bytes gzipped`);
});

/**
 * What is loaded with an app, gzipped.
 * @param {string} contents
 * @param {string} resolveDir
 */
async function mainChunk(contents, resolveDir) {
  const { outputFiles, metafile } = await esbuild.build({
    stdin: { contents, resolveDir },
    bundle: true,
    minify: true,
    format: "esm",
    splitting: true,
    metafile: true,
    outdir: resolveDir,
    absWorkingDir: resolveDir,
    write: false,
  });
  /** @type {Set<string>} */
  const loaded = new Set();
  /** @param {string} name */
  const load = (name) => {
    if (loaded.has(name)) return;
    loaded.add(name);
    for (const { path, kind } of metafile.outputs[name]?.imports ?? [])
      if (kind === "import-statement") load(path);
  };
  load("stdin.js");
  return outputFiles
    .filter(({ path }) => [...loaded].some((name) => path.endsWith(`/${name}`)))
    .reduce((sum, file) => sum + sizeOf(file.contents).gzip, 0);
}

/** @param {Page} page */
const configure = (page) => page.evaluate(() => cs.configure(library.config));

/**
 * Signs in by the library.
 * @param {Visitor} visitor
 */
async function signIn(visitor, page = visitor.page) {
  const { username } = visitor;
  const { accessToken, refreshToken } = visitor.session({ origin: "hostedUI" });
  await page.evaluate((user) => library.signIn(user), {
    username,
    password: PASSWORD,
    tokens: { accessToken, refreshToken },
  });
}

/** @param {Visitor} visitor */
async function signOut(visitor, page = visitor.page) {
  // Another tab may have signed in.
  await until(() => page.evaluate(() => library.isIn()), SHOWN_TO_OTHER_TABS);
  const status = await page.evaluate(
    async (timeoutMs) =>
      (await cs.signOut({ hostedUI: "none", timeoutMs })).status,
    PATIENT_MS,
  );
  assert.equal(status, "complete");
}

/**
 * Waits until the library has said so much, and no more.
 * @param {Page} page
 * @param {string[]} expected
 */
async function says(page, expected) {
  await page.waitForFunction(
    (count) => library.said.length >= count,
    expected.length,
  );
  assert.deepEqual(await page.evaluate(() => library.said), expected);
}

/**
 * Holds the engine's chunk back, until it is let go.
 * @param {Page} page
 */
async function holdEngine(page) {
  let release = () => {};
  const released = new Promise((resolve) => (release = () => resolve(null)));
  await page.route(/cognito-signout-engine/, async (route) => {
    await released;
    await route.continue();
  });
  return release;
}
