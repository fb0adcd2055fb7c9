import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { bundle, bundleForAnApp, makeFolders } from "./bundle.mjs";
import { engine, integrityOf } from "./engine.mjs";
import { withLock } from "./lock.mjs";
import { distDir, workDir } from "./paths.mjs";
import { Failure } from "./run.mjs";
import { sizeOf, sizeTable } from "./sizes.mjs";
import { buildInputs, freshBuild, stampBuild } from "./stamp.mjs";

const APP_BUNDLE = "{ configure, signOut }";
const UNSPLIT = `${APP_BUNDLE}, unsplit`;
const ENGINE = "engine (wasm)";

// In bytes, just above the size reached. A commit raises one only if it says what it got for it:
// the last one got an engine that runs as it is published and does no I/O, so that it can be simulated.
// The goal for the bundle is 25,400, what aws-amplify's signOut alone weighs (ARCHITECTURE.md).
/** @type {[name: string, kind: "raw" | "gzip", limit: number][]} */
const LIMITS = [
  [APP_BUNDLE, "gzip", 118_750],
  [ENGINE, "raw", 250_300],
];

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
  for (const [name, kind, limit] of LIMITS) {
    const size = sizes[name]?.[kind] ?? Infinity;
    if (size >= limit)
      throw new Failure(
        `${name} has ${size} bytes (${kind}); it has to stay below ${limit}.`,
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
    [ENGINE]: sizeOf(wasm),
    "dist/index.js": sizeOf(await readFile(join(distDir, "index.js"))),
    "dist/fallback.js": sizeOf(await readFile(join(distDir, "fallback.js"))),
    [APP_BUNDLE]: sizeOf(app.entry),
    [UNSPLIT]: sizeOf(app.all),
  };
  console.log(`dist/engine.wasm has the integrity ${integrityOf(wasm)}`);
  await stampBuild(inputs, sizes);
  return sizes;
}
