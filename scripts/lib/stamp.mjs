import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fingerprint } from "./fingerprint.mjs";
import { distDir, inRoot, workDir } from "./paths.mjs";

const STAMP = join(workDir, "build.json");

/** @typedef {Record<string, import("./sizes.mjs").Size>} Sizes */

/** What a build depends on. */
export const buildInputs = () =>
  fingerprint(
    [
      ...[
        "src",
        "js",
        "Cargo.toml",
        "Cargo.lock",
        "rust-toolchain.toml",
        "package.json",
        "package-lock.json",
      ],
      ...[
        "build",
        "bundle",
        "columns",
        "glue",
        "locations",
        "wasm",
        "wasm-reader",
      ].map((name) => `scripts/lib/${name}.mjs`),
    ].map((path) => inRoot(path)),
  );

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
