import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import zopfli from "@gfx/zopfli";
import { bundle, bundleForAnApp, makeFolders } from "./bundle.mjs";
import { columnsOf } from "./columns.mjs";
import { lockedVersion } from "./cargo-lock.mjs";
import { glueFactory } from "./glue.mjs";
import { withLock } from "./lock.mjs";
import { distDir, inRoot, root, tool, workDir } from "./paths.mjs";
import { Failure, must, run } from "./run.mjs";
import { sizeOf, sizeTable } from "./sizes.mjs";
import { buildInputs, freshBuild, stampBuild } from "./stamp.mjs";
import { shrink } from "./wasm.mjs";

// Just above the size reached. It only ever falls; the goal is 25,400, what aws-amplify's signOut alone weighs (ARCHITECTURE.md).
const GZIP_LIMIT = 71_000;
// A quarter of rustc's: the addresses of all that lies behind the stack are a byte shorter, and a page gives less memory.
const STACK = "-Clink-arg=-zstack-size=262144";

const APP_BUNDLE = "{ configure, signOut }";
const UNSPLIT = `${APP_BUNDLE}, unsplit`;

// So that tsc checks js/ against the exports of the Rust code.
const GLUE_TYPES = `export function createGlue(): typeof import("./bindgen/engine.js") & {
  readonly imports: WebAssembly.Imports;
  setWasm(exports: WebAssembly.Exports): void;
};
`;

/**
 * Makes `dist/`, unless it is there and nothing it depends on has changed.
 * @param {{ force?: boolean }} [options]
 * @returns {Promise<import("./stamp.mjs").Sizes>}
 */
export const build = ({ force = false } = {}) =>
  withLock("build", async () => {
    const built = force ? undefined : await freshBuild();
    console.log(built ? "dist/ is up to date." : "Building dist/.");
    const sizes = built ?? (await make());
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

async function make() {
  const inputs = await buildInputs();
  await mkdir(workDir, { recursive: true });
  const wasm = await buildWasm();
  await bundle();
  const app = await bundleForAnApp();
  const sizes = {
    "engine (wasm)": sizeOf(wasm),
    "dist/index.js": sizeOf(await readFile(join(distDir, "index.js"))),
    [APP_BUNDLE]: sizeOf(app.entry),
    [UNSPLIT]: sizeOf(app.all),
  };
  await stampBuild(inputs, sizes);
  return sizes;
}

/**
 * Makes `.build/glue.js` and `.build/bytes.js`.
 * @returns {Promise<Uint8Array>} the engine
 */
async function buildWasm() {
  await checkBindgenVersion();
  const target = "wasm32-unknown-unknown";
  const { code } = await run(
    "cargo",
    `build --release --lib --locked --target ${target} --features js`.split(
      " ",
    ),
    {
      env: {
        CARGO_TARGET_DIR: inRoot("target"),
        CARGO_ENCODED_RUSTFLAGS: [STACK, ...(await remappedPaths())].join(
          "\x1f",
        ),
      },
    },
  );
  if (code !== 0) throw new Failure("cargo build failed.");

  console.log("Shrinking the engine.");
  const compiled = inRoot("target", target, "release/cognito_signout.wasm");
  const folder = join(workDir, "bindgen");
  await rm(folder, { recursive: true, force: true });
  await must(tool("wasm-bindgen"), [
    "--target",
    "bundler",
    "--out-dir",
    folder,
    "--out-name",
    "engine",
    compiled,
  ]);
  const glue = join(folder, "engine_bg.js");
  const small = join(folder, "engine.wasm");
  const renaming = await shrink(join(folder, "engine_bg.wasm"), small, glue);
  const wasm = await readFile(small);
  const deflated = await zopfli.deflateAsync(columnsOf(wasm), {
    numiterations: 15,
    // One column a block, or several.
    blocksplittingmax: 0,
  });
  await writeFile(join(workDir, "glue.js"), await glueFactory(glue, renaming));
  await writeFile(join(workDir, "glue.d.ts"), GLUE_TYPES);
  await writeFile(
    join(workDir, "bytes.js"),
    `export const bytes = ${JSON.stringify(Buffer.from(deflated).toString("base64"))};\n`,
  );
  return wasm;
}

/** Glue and engine only fit if both come from one version of wasm-bindgen. */
async function checkBindgenVersion() {
  const wanted = await lockedVersion("wasm-bindgen");
  const found = (await must(tool("wasm-bindgen"), ["--version"])).split(" ")[1];
  if (found !== wanted) {
    throw new Failure(
      `Cargo.lock has wasm-bindgen ${wanted}, but the tool is ${found}; run \`npm run setup\`.`,
    );
  }
}

/** rustc's flags that take this machine's paths out of the engine: the same commit gives the same bytes anywhere. */
async function remappedPaths() {
  const sysroot = await must("rustc", ["--print", "sysroot"]);
  const commit = /^commit-hash: (\w+)$/m.exec(
    await must("rustc", ["-vV"]),
  )?.[1];
  const registries = join(
    process.env.CARGO_HOME ?? join(homedir(), ".cargo"),
    "registry/src",
  );
  // Of several that fit, rustc takes the last. Without std's sources installed, its paths are /rustc/... already.
  const moved = [
    [root, ""],
    [registries, ""],
    ...(await readdir(registries).catch(() => [])).map((name) => [
      join(registries, name),
      "",
    ]),
    [join(sysroot, "lib/rustlib/src/rust"), `/rustc/${commit}`],
  ];
  return moved.map(([from, to]) => `--remap-path-prefix=${from}=${to}`);
}
