import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fingerprint } from "./fingerprint.mjs";
import { distDir, inRoot, workDir } from "./paths.mjs";

const STAMP = join(workDir, "build.json");

/** @typedef {Record<string, import("./sizes.mjs").Size>} Sizes */

/** @param {string[]} names scripts beside this one */
const scripts = (...names) => names.map((name) => `scripts/lib/${name}.mjs`);

const ENGINE_INPUTS = [
  ...["src", "Cargo.toml", "Cargo.lock", "rust-toolchain.toml"],
  ...["node_modules/binaryen", "node_modules/@gfx/zopfli"].map(
    (folder) => `${folder}/package.json`,
  ),
  ...scripts("engine", "fallback", "glue", "wasm"),
];

/** What the engine depends on. */
export const engineInputs = () =>
  fingerprint(ENGINE_INPUTS.map((path) => inRoot(path)));

/** What a build depends on. */
export const buildInputs = () =>
  fingerprint(
    [
      ...ENGINE_INPUTS,
      ...["js", "package.json", "package-lock.json"],
      ...scripts("build", "bundle", "cdn", "release", "types"),
    ].map((path) => inRoot(path)),
  );

/**
 * Makes files, unless they are there as they were made of the same inputs.
 * @param {string} name
 * @param {string} inputs
 * @param {string[]} files
 * @param {() => Promise<void>} make
 */
export async function remembered(name, inputs, files, make) {
  const note = join(workDir, `${name}.json`);
  const now = async () => JSON.stringify([inputs, await fingerprint(files)]);
  const before = await readFile(note, "utf8").catch(() => "");
  if (before === (await now())) return;
  await make();
  await writeFile(note, await now());
}

/** What it makes. */
const buildOutputs = () =>
  fingerprint([
    distDir,
    ...["glue.js", "bytes.js"].map((name) => join(workDir, name)),
  ]);

/**
 * The sizes of what is built, if it was built from the present sources and was left as it was.
 * @returns {Promise<Sizes | undefined>}
 */
export async function freshBuild() {
  const text = await readFile(STAMP, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const { inputs, outputs, sizes } = JSON.parse(text);
  const fresh =
    inputs === (await buildInputs()) && outputs === (await buildOutputs());
  return fresh ? sizes : undefined;
}

/**
 * @param {string} inputs taken before the build read them
 * @param {Sizes} sizes
 */
export async function stampBuild(inputs, sizes) {
  await writeFile(
    STAMP,
    JSON.stringify({ inputs, outputs: await buildOutputs(), sizes }, null, 2),
  );
}
