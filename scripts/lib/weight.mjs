import { inRoot } from "./paths.mjs";
import { partsOf } from "./wasm-reader.mjs";
import { named } from "./wasm.mjs";

/**
 * Our own functions by module, others by crate, wasm-bindgen's shims together.
 * @param {string} name as rustc mangles it, in words
 */
function ownerOf(name) {
  const path = /(\w+)(?:\[\w+\])?((?:::\w+)*)/.exec(
    name.replace(/^(<|core::ptr::drop_in_place<)+/, ""),
  );
  const [, crate = "", rest = ""] = path ?? [];
  if (name.includes("externref shim")) return "exports";
  if (crate !== "cognito_signout")
    return name.includes("::") ? crate : "runtime";
  const [, module = ""] = rest.split("::");
  return `cognito_signout::${module}`;
}

/**
 * Where the bytes of the engine go, heaviest first.
 * @returns {Promise<Record<string, number>>}
 */
export async function engineWeight() {
  const wasm = await named(inRoot(".build/bindgen/engine.wasm"));
  const { functions, data } = partsOf(wasm);
  const weight = new Map([["data", data]]);
  for (const { name, bytes } of functions) {
    const owner = ownerOf(name);
    weight.set(owner, (weight.get(owner) ?? 0) + bytes);
  }
  return Object.fromEntries([...weight].sort(([, a], [, b]) => b - a));
}
