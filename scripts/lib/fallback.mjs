// The engine as JavaScript, for pages without WebAssembly: made of the very bytes that rustc gave for the engine.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import binaryen from "binaryen";
import { glueFactory } from "./glue.mjs";
import { workDir } from "./paths.mjs";
import { Failure } from "./run.mjs";
import { bindgen, shrink, wasm2js } from "./wasm.mjs";

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
  await writeFile(at("plain.wasm"), withoutTables(await readFile(compiled)));
  await bindgen(at("plain.wasm"), folder);
  const glue = at("engine_bg.js");
  await writeFile(glue, fittingGlue(await readFile(glue, "utf8")));
  const renaming = await shrink(at("engine_bg.wasm"), at("small.wasm"), [
    // JavaScript has no such conversions.
    "--llvm-nontrapping-fptoint-lowering",
  ]);
  await wasm2js(at("small.wasm"), "-Oz", "-o", at("engine.js"));
  const code = await readFile(at("engine.js"), "utf8");
  await writeFile(
    join(workDir, "fallback-glue.js"),
    await glueFactory(glue, renaming),
  );
  await writeFile(join(workDir, "fallback-engine.js"), instanceFactory(code));
}

/**
 * Tables of references and functions with several results don't exist in JavaScript as wasm2js
 * writes it. Where the module does not say that it may have them, wasm-bindgen keeps the values in
 * an array of the glue's, and returns through memory.
 * @param {Buffer} wasm
 */
function withoutTables(wasm) {
  const { ReferenceTypes, Multivalue } = binaryen.Features;
  const module = binaryen.readBinary(wasm);
  module.setFeatures(module.getFeatures() & ~(ReferenceTypes | Multivalue));
  binaryen.setDebugInfo(true);
  const plain = module.emitBinary();
  module.dispose();
  return plain;
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
