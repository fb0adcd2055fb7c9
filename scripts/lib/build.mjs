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
const READY = `${APP_BUNDLE} and the engine`;
const ADAPTER = "{ configure, signOut, connectAmplify }";
const HOOKS = "{ configure, useSignOut, useSignedOut }";
const ENGINE = "engine (wasm)";

// In bytes, just above the size reached, but for those of 8 and 9 KB, which are bounds. A commit raises one only if it says what it got for it.
/** @type {[name: string, kind: "raw" | "gzip", limit: number][]} */
const LIMITS = [
  [APP_BUNDLE, "gzip", 8_000],
  [ADAPTER, "gzip", 9_000],
  [HOOKS, "gzip", 8_500],
  [READY, "gzip", 126_500],
  [ENGINE, "raw", 263_900],
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
  const ours = `export ${APP_BUNDLE} from "cognito-signout";`;
  const app = await bundleForAnApp(ours);
  const adapted = await bundleForAnApp(
    `${ours} export { connectAmplify } from "./dist/amplify.js";`,
  );
  const hooked = await bundleForAnApp(
    `export { configure } from "cognito-signout"; export { useSignOut, useSignedOut } from "./dist/react.js";`,
  );
  const entry = sizeOf(app.entry);
  const chunk = sizeOf(app.chunk);
  const sizes = {
    [ENGINE]: sizeOf(wasm),
    "dist/eager.js": sizeOf(await readFile(join(distDir, "eager.js"))),
    "dist/describe.js": sizeOf(await readFile(join(distDir, "describe.js"))),
    "engine (JavaScript)": sizeOf(
      await readFile(join(distDir, "cognito-signout-fallback.js")),
    ),
    [APP_BUNDLE]: entry,
    [ADAPTER]: sizeOf(adapted.entry),
    [HOOKS]: sizeOf(hooked.entry),
    [READY]: {
      raw: entry.raw + chunk.raw,
      gzip: entry.gzip + chunk.gzip,
      brotli: entry.brotli + chunk.brotli,
    },
  };
  console.log(`dist/engine.wasm has the integrity ${integrityOf(wasm)}`);
  await stampBuild(inputs, sizes);
  return sizes;
}
