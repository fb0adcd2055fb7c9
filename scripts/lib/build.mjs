import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { bundle, bundleForAnApp, makeFolders } from "./bundle.mjs";
import { engine, integrityOf } from "./engine.mjs";
import { withLock } from "./lock.mjs";
import { distDir, workDir } from "./paths.mjs";
import { Failure } from "./run.mjs";
import { sizeOf, sizeTable } from "./sizes.mjs";
import { buildInputs, freshBuild, stampBuild } from "./stamp.mjs";

// Just above the size reached; raised only by a commit that says which feature paid for it: last by what makes each result true
// (evidence of a return, a result for each caller, nonces of popups, every cookie of a name, configurations as people have them). The goal is 25,400, what aws-amplify's signOut alone weighs (ARCHITECTURE.md).
const GZIP_LIMIT = 87_800;
const APP_BUNDLE = "{ configure, signOut }";
const UNSPLIT = `${APP_BUNDLE}, unsplit`;

/**
 * Makes `dist/`, unless it is there and nothing it depends on has changed.
 * @param {{ force?: boolean }} [options]
 * @returns {Promise<import("./stamp.mjs").Sizes>}
 */
export const build = ({ force = false } = {}) =>
  withLock("build", async () => {
    const built = force ? undefined : await freshBuild();
    console.log(built ? "dist/ is up to date." : "Building dist/.");
    const sizes = built ?? (await make(force));
    await makeFolders();
    console.log(sizeTable(sizes));
    return sizes;
  });

/** @param {import("./stamp.mjs").Sizes} sizes */
export function checkSize(sizes) {
  const gzip = sizes[APP_BUNDLE]?.gzip ?? Infinity;
  if (gzip >= GZIP_LIMIT) {
    throw new Failure(
      `The bundle has ${gzip} bytes gzipped; it has to stay below ${GZIP_LIMIT}.`,
    );
  }
}

/** @param {boolean} force */
async function make(force) {
  const inputs = await buildInputs();
  await mkdir(workDir, { recursive: true });
  const wasm = await engine(force);
  await bundle();
  const app = await bundleForAnApp();
  const sizes = {
    "engine (wasm)": sizeOf(wasm),
    "dist/index.js": sizeOf(await readFile(join(distDir, "index.js"))),
    "dist/fallback.js": sizeOf(await readFile(join(distDir, "fallback.js"))),
    [APP_BUNDLE]: sizeOf(app.entry),
    [UNSPLIT]: sizeOf(app.all),
  };
  console.log(`dist/engine.wasm has the integrity ${integrityOf(wasm)}`);
  await stampBuild(inputs, sizes);
  return sizes;
}
