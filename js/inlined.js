// Where the engine comes from: the package itself.
import { bytes } from "../.build/bytes.js";
import { assemble } from "./columns.js";

/** @param {WebAssembly.Imports} imports */
export async function instantiate(imports) {
  const packed = Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0));
  // Not a Blob: that of jsdom, where apps are tested, has no stream.
  const stream = /** @type {ReadableStream} */ (
    new Response(packed).body
  ).pipeThrough(new DecompressionStream("deflate-raw"));
  const wasm = assemble(
    new Uint8Array(await new Response(stream).arrayBuffer()),
  );
  return WebAssembly.instantiate(wasm, imports);
}

/** Only the entry `external` has its engine elsewhere. @type {((source: any) => void) | undefined} */
export const setSource = undefined;
