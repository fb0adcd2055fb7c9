import { readFile, writeFile } from "node:fs/promises";
import binaryen from "binaryen";
import { inRoot, tool } from "./paths.mjs";
import { Failure, must } from "./run.mjs";

// What rustc itself emits for wasm32-unknown-unknown, and every supported browser has.
const FEATURES = [
  "bulk-memory",
  "bulk-memory-opt",
  "mutable-globals",
  "multivalue",
  "nontrapping-float-to-int",
  "reference-types",
  "sign-ext",
].map((feature) => `--enable-${feature}`);

/** @param {string} program of binaryen's npm package */
const ofBinaryen =
  (program) =>
  (/** @type {string[]} */ ...args) =>
    must(process.execPath, [
      inRoot(`node_modules/binaryen/bin/${program}`),
      ...FEATURES,
      ...args,
    ]);
const wasmOpt = ofBinaryen("wasm-opt");
export const wasm2js = ofBinaryen("wasm2js");

/**
 * Makes `engine_bg.js` and `engine_bg.wasm` in a folder.
 * @param {string} from what rustc made
 * @param {string} folder
 */
export const bindgen = (from, folder) =>
  must(tool("wasm-bindgen"), [
    ...["--target", "bundler", "--out-dir", folder, "--out-name", "engine"],
    from,
  ]);

// Wholly of the standard library: every crate in the function's name is one of these.
const STANDARD = new Set(["core", "alloc", "std", "__rustc"]);

/** @param {string} name such as `<crate[hash]::Type as crate[hash]::Trait>::function` */
function isStandard(name) {
  const crates = [...name.matchAll(/(\w+)\[\w+\]/g)];
  return (
    crates.length > 0 && crates.every(([, crate = ""]) => STANDARD.has(crate))
  );
}

/**
 * Replaces the body of each function of the standard library that never returns by a bare trap.
 *
 * It is the same program. Such a function ends in a trap already: with `panic = "abort"` it makes
 * a message, hands it to std's hook, and aborts. On this target the hook prints nothing, and no
 * other hook is ever set. wasm-opt can then drop the code that only made the messages.
 * @param {string} from
 * @param {string} to
 */
async function trapPanics(from, to) {
  const module = binaryen.readBinary(await readFile(from));
  // It returns nowhere, control does not reach its end, and what stands there is a trap.
  const neverReturns = (/** @type {number} */ body) => {
    const text = binaryen.emitText(body);
    return (
      binaryen.getExpressionType(body) === binaryen.unreachable &&
      /\(unreachable\)\s*\)?\s*$/.test(text) &&
      !text.includes("(return")
    );
  };
  let trapped = 0;
  for (let i = 0; i < module.getNumFunctions(); i++) {
    const fn = module.getFunctionByIndex(i);
    const { name, module: imported, body } = binaryen.getFunctionInfo(fn);
    if (imported || !isStandard(name) || !neverReturns(body)) continue;
    // Its type declarations have this in another place than the program.
    /** @type {any} */ (binaryen).Function.setBody(fn, module.unreachable());
    trapped++;
  }
  // There are always some: without one, names or code are of a kind that this does not know.
  if (trapped === 0)
    throw new Failure("No panicking function was recognised in the wasm.");
  binaryen.setDebugInfo(true);
  await writeFile(to, module.emitBinary());
  module.dispose();
}

// What wasm-opt itself takes for the same program; the third time is the last that makes it smaller.
// One use does not make a function part of another one: deflate finds more that is alike, and a browser compiles a function when it
// is first called.
const SMALL = ["-ocimfs", "30", "-Oz", "-Oz", "-Oz"];

/**
 * Makes wasm-bindgen's output small.
 * @param {string} from
 * @param {string} to
 * @param {string[]} [passes] of wasm-opt, to run first
 * @returns {Promise<import("./glue.mjs").Renaming>}
 */
export async function shrink(from, to, passes = []) {
  const trapped = `${to}.trapped`;
  await trapPanics(from, trapped);
  const names = await wasmOpt(
    trapped,
    ...passes,
    ...SMALL,
    // Names alone: scripts/lib/glue.mjs puts the same ones into the glue.
    "--minify-imports-and-exports-and-modules",
    // The names of functions, and what the file was made with: nothing of it runs.
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
    "-o",
    to,
  );
  /** @type {{ imports: [string, string, string][], exports: [string, string][] }} */
  const map = JSON.parse(names);
  return {
    module: "a",
    imports: new Map(map.imports.map(([, name, short]) => [name, short])),
    exports: new Map(map.exports),
  };
}

/**
 * The same engine with the names of its functions, to see what weighs how much.
 * @param {string} small what `shrink` made
 * @returns {Promise<Buffer>}
 */
export async function named(small) {
  const path = `${small}.named`;
  await wasmOpt(`${small}.trapped`, ...SMALL, "-g", "-o", path);
  return readFile(path);
}
