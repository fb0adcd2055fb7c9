// The engine as JavaScript, for pages without WebAssembly: made of the very bytes that rustc gave for the engine.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { glueFactory } from "./glue.mjs";
import { inRoot, tool, workDir } from "./paths.mjs";
import { Failure, must } from "./run.mjs";
import { FEATURES, shrink } from "./wasm.mjs";

/** What wasm2js takes, once i64.trunc_sat is lowered. */
const FOR_WASM2JS = FEATURES.filter(
  (feature) => !/multivalue|reference-types/.test(feature),
);

// Tables of references and functions with several results don't exist in JavaScript as wasm2js writes it. Without these
// features wasm-bindgen keeps the values in an array of the glue's, and returns through memory.
const UNWANTED = ["reference-types", "multivalue"];

/** @param {string[]} args a program of binaryen's, and what to tell it */
const binaryen = ([program, ...args]) =>
  must(process.execPath, [
    inRoot(`node_modules/binaryen/bin/${program}`),
    ...args,
  ]);

/**
 * Makes `.build/fallback-glue.js` and `.build/fallback-engine.js`.
 * @param {string} compiled what rustc made
 */
export async function buildFallback(compiled) {
  const folder = join(workDir, "fallback");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  /** @param {string} name */
  const at = (name) => join(folder, name);
  await writeFile(at("plain.wasm"), withoutFeatures(await readFile(compiled)));
  await must(tool("wasm-bindgen"), [
    ...["--target", "bundler", "--out-dir", folder, "--out-name", "engine"],
    at("plain.wasm"),
  ]);
  const glue = at("engine_bg.js");
  await writeFile(glue, fittingGlue(await readFile(glue, "utf8")));
  const renaming = await shrink(at("engine_bg.wasm"), at("small.wasm"), glue);
  await binaryen([
    "wasm-opt",
    at("small.wasm"),
    ...FEATURES,
    ...["--llvm-nontrapping-fptoint-lowering", "-Oz", "-o", at("lowered.wasm")],
  ]);
  await binaryen([
    "wasm2js",
    at("lowered.wasm"),
    ...[...FOR_WASM2JS, "-Oz", "-o", at("engine.js")],
  ]);
  const code = await readFile(at("engine.js"), "utf8");
  await writeFile(
    join(workDir, "fallback-glue.js"),
    await glueFactory(glue, renaming),
  );
  await writeFile(join(workDir, "fallback-engine.js"), instanceFactory(code));
}

/**
 * Takes features out of what rustc says that the module uses.
 * @param {Buffer} wasm
 */
function withoutFeatures(wasm) {
  const at = wasm.lastIndexOf("target_features");
  for (const feature of UNWANTED) {
    const entry = wasm.indexOf(
      `+${String.fromCharCode(feature.length)}${feature}`,
      at,
    );
    if (at < 0 || entry < 0)
      throw new Failure(`rustc's wasm does not name the feature ${feature}.`);
    wasm.write("-", entry);
  }
  return wasm;
}

// How the glue notices that its view of the memory is out of date: the buffer of before is detached. In JavaScript it is not.
/** @type {[RegExp, string][]} */
const GROWN = [
  [/\.byteLength === 0/g, ".buffer !== wasm.memory.buffer"],
  [/\w+\.buffer\.detached === undefined && /g, ""],
];

/**
 * The glue, fit for wasm2js.
 * @param {string} glue
 */
function fittingGlue(glue) {
  const slots = /new Array\((\d+)\)\.fill\(undefined\)/.exec(glue)?.[1];
  const values = /heap\.push\((undefined, null, true, false)\)/.exec(glue)?.[1];
  if (!slots || !values || !GROWN.every(([old]) => glue.search(old) > 0))
    throw new Failure(
      "The glue keeps memory or values in a way that scripts/lib/fallback.mjs does not know.",
    );
  // With tables wasm-bindgen puts this number in itself: the first slot whose value may be dropped.
  const first = Number(slots) + values.split(",").length;
  const fitting = GROWN.reduce(
    (text, [old, compared]) => text.replaceAll(old, compared),
    glue,
  );
  return `${fitting}
export function __wbindgen_externref_statics_end() { return ${first}; }
`;
}

/**
 * One instance for the whole module, as wasm2js writes it, into a function that makes one.
 * @param {string} code
 */
function instanceFactory(code) {
  const head = /^import \* as (\w+) from '\1';$/m.exec(code);
  const end = code.indexOf("var retasmFunc = asmFunc(");
  if (!head || end < 0)
    throw new Failure(
      "wasm2js writes modules in a way that scripts/lib/fallback.mjs does not know.",
    );
  return `export function createInstance(imports) {
${code.slice(head.index + head[0].length, end)}
return asmFunc(imports);
}
`;
}
