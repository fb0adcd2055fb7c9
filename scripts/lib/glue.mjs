import { readFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import * as esbuild from "esbuild";
import { Failure } from "./run.mjs";

/**
 * @typedef {object} Renaming the short names that wasm-opt gave
 * @property {string} module the one module that imports come from
 * @property {Map<string, string>} imports
 * @property {Map<string, string>} exports
 */

/**
 * Turns wasm-bindgen's glue, a module with state of its own, into a function that makes one glue per WebAssembly
 * instance: an instance that trapped is thrown away together with its glue.
 * @param {string} path the `*_bg.js` of `wasm-bindgen --target bundler`
 * @param {Renaming} renaming
 * @returns {Promise<string>} an ES module that exports `createGlue()`
 */
export async function glueFactory(path, { module, imports, exports }) {
  const source = await readFile(path, "utf8");
  const face = [...source.matchAll(/^export (?:function|class) (\w+)/gm)]
    .map(([, name]) => name ?? "")
    .filter((name) => !name.startsWith("__wb"));
  // esbuild leaves out what neither the wasm nor the face uses.
  const used = [...imports.keys(), ...face, "__wbg_set_wasm"].join(", ");
  const { outputFiles } = await esbuild.build({
    stdin: {
      contents: `export { ${used} } from "./${basename(path)}";`,
      resolveDir: dirname(path),
    },
    bundle: true,
    format: "esm",
    write: false,
    logLevel: "warning",
  });
  const body = (outputFiles[0]?.text ?? "")
    .replace(/^export \{[^}]*\};\n$/m, "")
    .replaceAll(
      /\bwasm\.(\w+)/g,
      (_, name) => `wasm.${exports.get(name) ?? missing(name)}`,
    );
  if (/^(import|export)\b/m.test(body)) {
    throw new Failure(
      "The glue has an import or export that scripts/lib/glue.mjs does not know.",
    );
  }
  // It fills the table of references, where there is one.
  const start = exports.get("__wbindgen_start");
  const table = [...imports].map(([name, short]) => `${short}: ${name}`);
  return `export function createGlue() {
${body}
return {
  imports: { ${module}: { ${table.join(", ")} } },
  setWasm(exports) { __wbg_set_wasm(exports);${start ? ` exports.${start}();` : ""} },
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
