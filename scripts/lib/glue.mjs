import { Failure } from "./run.mjs";

const EXPORT = /^export (function|class|const|let) ([\w$]+)/gm;

/**
 * @typedef {object} Renaming the short names that wasm-opt gave
 * @property {string} module the one module that imports come from
 * @property {Map<string, string>} imports
 * @property {Map<string, string>} exports
 */

/**
 * Turns wasm-bindgen's glue, a module with state of its own, into a function that makes one glue per WebAssembly
 * instance: an instance that trapped is thrown away together with its glue.
 * @param {string} source the `*_bg.js` of `wasm-bindgen --target bundler`
 * @param {Renaming} renaming
 * @returns {string} an ES module that exports `createGlue()`
 */
export function glueFactory(source, { module, imports, exports }) {
  const names = [...source.matchAll(EXPORT)].map(
    (match) => /** @type {string} */ (match[2]),
  );
  const body = source
    .replaceAll(EXPORT, "$1 $2")
    .replaceAll(
      /\bwasm\.([\w$]+)/g,
      (_, name) => `wasm.${exports.get(name) ?? missing(name)}`,
    );
  if (/^\s*(import|export)\b/m.test(body)) {
    throw new Failure(
      "The glue has an import or export that scripts/lib/glue.mjs does not know.",
    );
  }
  const imported = names.filter((name) => imports.has(name));
  if (imported.length !== imports.size)
    throw new Failure("The wasm imports a function that its glue lacks.");
  const start = exports.get("__wbindgen_start") ?? missing("__wbindgen_start");
  const face = names.filter((name) => !name.startsWith("__wb"));
  return `export function createGlue() {
${body}
return {
  imports: { ${module}: { ${imported.map((name) => `${imports.get(name)}: ${name}`).join(", ")} } },
  setWasm(exports) { __wbg_set_wasm(exports); exports.${start}(); },
  ${face.join(",\n  ")}
};
}
`;
}

/**
 * @param {string} name
 * @returns {never}
 */
function missing(name) {
  throw new Failure(`The glue uses the export ${name}, which the wasm lacks.`);
}
