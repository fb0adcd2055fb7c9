import { readFile, writeFile } from "node:fs/promises";
import { blankLocations } from "./locations.mjs";
import { inRoot } from "./paths.mjs";
import { Failure, must } from "./run.mjs";

// What rustc itself emits for wasm32-unknown-unknown, and every supported browser has.
export const FEATURES = [
  "bulk-memory",
  "bulk-memory-opt",
  "mutable-globals",
  "multivalue",
  "nontrapping-float-to-int",
  "reference-types",
  "sign-ext",
].map((feature) => `--enable-${feature}`);

// Functions of the standard library that never return, and what they alone call. Their messages have no reader: panic is abort, and std prints
// nothing on this target. A bare trap in their place frees the formatting code behind them.
const NEVER_RETURN = [
  /^core\[\w+\]::panicking::/,
  /^core\[\w+\]::(result|option)::\w+_failed$/,
  /^core\[\w+\]::slice::index::\w+_fail$/,
  /^core\[\w+\]::slice::copy_from_slice_impl::len_mismatch_fail$/,
  /^core\[\w+\]::str::slice_error_fail(_rt)?$/,
  /^core\[\w+\]::cell::panic_already/,
  /^core\[\w+\]::cell::lazy::panic_poisoned$/,
  /^alloc\[\w+\]::raw_vec::(capacity_overflow|handle_error)$/,
  /^alloc\[\w+\]::alloc::handle_alloc_error$/,
  /^std\[\w+\]::thread::local::panic_access_error$/,
  /^std\[\w+\]::panicking::(panic_with_hook|begin_panic)$/,
  /^<std\[\w+\]::panicking::.+ as core\[\w+\]::(panic::PanicPayload|fmt::Display)>::\w+$/,
  /^<core\[\w+\]::cell::Borrow(Mut)?Error as core\[\w+\]::fmt::Display>::fmt$/,
  /^<std\[\w+\]::thread::local::AccessError as core\[\w+\]::fmt::Debug>::fmt$/,
  // The engine formats nothing but the messages of panics; code that would, traps in the first test that runs it.
  /^<(&str|u32|alloc\[\w+\]::string::String) as core\[\w+\]::fmt::(Display|Write)>::\w+$/,
  /^__rustc\[\w+\]::(rust_begin_unwind|rust_panic|__rust_start_panic|__rust_alloc_error_handler)$/,
];

/**
 * Replaces the body of each panicking function by a trap, and drops the exports that the glue does not use.
 * @param {string} from
 * @param {string} to
 * @param {string} glue
 */
async function trim(from, to, glue) {
  const { default: binaryen } = await import("binaryen");
  // Its type declarations have this in another place than the program.
  const { setBody } = /** @type {any} */ (binaryen).Function;
  const module = binaryen.readBinary(await readFile(from));
  let dropped = 0;
  for (let i = 0; i < module.getNumFunctions(); i++) {
    const fn = module.getFunctionByIndex(i);
    const { name, module: importedFrom } = binaryen.getFunctionInfo(fn);
    if (importedFrom || !NEVER_RETURN.some((pattern) => pattern.test(name)))
      continue;
    setBody(fn, module.unreachable());
    dropped++;
  }
  // std's own entry point is always there: without it the names have changed, and the list above is out of date.
  if (dropped === 0)
    throw new Failure("No panicking function was recognised in the wasm.");

  const used = new Set(["__wbindgen_start"]);
  const text = await readFile(glue, "utf8");
  for (const [, name] of text.matchAll(/\bwasm\.([\w$]+)/g))
    if (name) used.add(name);
  const exports = Array.from({ length: module.getNumExports() }, (_, i) =>
    binaryen.getExportInfo(module.getExportByIndex(i)),
  );
  for (const { name } of exports)
    if (!used.has(name)) module.removeExport(name);

  binaryen.setDebugInfo(true);
  await writeFile(to, blankLocations(Buffer.from(module.emitBinary())));
  module.dispose();
}

/** @param {string[]} args */
const wasmOpt = (...args) =>
  must(process.execPath, [
    inRoot("node_modules/binaryen/bin/wasm-opt"),
    ...FEATURES,
    ...args,
  ]);

// rustc puts the stack first, so no object lies in the first kilobyte.
const SMALL = ["-Oz", "--low-memory-unused"];

/**
 * Makes wasm-bindgen's output small.
 * @param {string} from
 * @param {string} to
 * @param {string} glue its `*_bg.js`
 * @returns {Promise<import("./glue.mjs").Renaming>}
 */
export async function shrink(from, to, glue) {
  const trimmed = `${to}.trimmed`;
  const renamed = `${to}.renamed`;
  await trim(from, trimmed, glue);
  // Renamed once what is unused has gone, imports included.
  const names = await wasmOpt(
    trimmed,
    ...SMALL,
    "--minify-imports-and-exports-and-modules",
    "-o",
    renamed,
  );
  const strip = [
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
  ];
  await wasmOpt(renamed, ...SMALL, "--converge", ...strip, "-o", to);
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
  await wasmOpt(`${small}.trimmed`, ...SMALL, "-g", "-o", path);
  return readFile(path);
}
