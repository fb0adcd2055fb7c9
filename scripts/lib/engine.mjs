// Makes the engine and its glue, and the same as JavaScript: all that js/ takes from `.build/`.
import { createHash } from "node:crypto";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import zopfli from "@gfx/zopfli";
import { lockedVersion } from "./cargo-lock.mjs";
import { buildFallback } from "./fallback.mjs";
import { glueFactory } from "./glue.mjs";
import { inRoot, root, tool, workDir } from "./paths.mjs";
import { Failure, must, run } from "./run.mjs";
import { engineInputs, remembered } from "./stamp.mjs";
import { bindgen, shrink } from "./wasm.mjs";

// A page gives less memory: rustc reserves 1 MB for the stack, and this is a quarter of that.
const STACK = "-Clink-arg=-zstack-size=262144";

const ENGINE = join(workDir, "bindgen/engine.wasm");
const ENGINE_FILES = [
  ENGINE,
  ...["glue", "bytes", "integrity", "fallback-glue", "fallback-engine"].map(
    (name) => join(workDir, `${name}.js`),
  ),
];

// So that tsc checks js/ against the exports of the Rust code.
const GLUE_TYPES = `export function createGlue(): typeof import("./bindgen/engine.js") & {
  readonly imports: WebAssembly.Imports;
  setWasm(exports: WebAssembly.Exports): void;
};
`;

/**
 * Makes them, unless they are there and nothing they depend on has changed.
 * @param {boolean} force
 * @returns {Promise<Buffer>} the engine
 */
export async function engine(force) {
  if (force) await rm(ENGINE, { force });
  await remembered("engine", await engineInputs(), ENGINE_FILES, buildWasm);
  return readFile(ENGINE);
}

/** What a page can check the engine's file with (Subresource Integrity). @param {Uint8Array} wasm */
export const integrityOf = (wasm) =>
  `sha384-${createHash("sha384").update(wasm).digest("base64")}`;

const FALLBACK_TYPES =
  "export function createInstance(imports: WebAssembly.Imports): WebAssembly.Exports;\n";

/** Makes what js/ takes from `.build/`. */
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
  await bindgen(compiled, folder);
  const glue = join(folder, "engine_bg.js");
  const [renaming] = await Promise.all([
    shrink(join(folder, "engine_bg.wasm"), ENGINE),
    buildFallback(compiled),
  ]);
  const wasm = await readFile(ENGINE);
  const deflated = await zopfli.deflateAsync(wasm, { numiterations: 15 });
  await writeFile(join(workDir, "glue.js"), await glueFactory(glue, renaming));
  await writeFile(join(workDir, "fallback-engine.d.ts"), FALLBACK_TYPES);
  for (const name of ["glue", "fallback-glue"])
    await writeFile(join(workDir, `${name}.d.ts`), GLUE_TYPES);
  for (const [name, text] of Object.entries({
    bytes: Buffer.from(deflated).toString("base64"),
    integrity: integrityOf(wasm),
  })) {
    await writeFile(
      join(workDir, `${name}.js`),
      `export const ${name} = "${text}";\n`,
    );
    await writeFile(
      join(workDir, `${name}.d.ts`),
      `export const ${name}: string;\n`,
    );
  }
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
