// Where the engine comes from: the package itself. The bytes are those of dist/engine.wasm.
import { bytes } from "../.build/bytes.js";

/** @param {WebAssembly.Imports} imports */
export async function instantiate(imports) {
  // Not a Blob: that of jsdom, where apps are tested, has no stream.
  const stream = /** @type {ReadableStream} */ (
    new Response(decode()).body
  ).pipeThrough(new DecompressionStream("deflate-raw"));
  return WebAssembly.instantiate(
    await new Response(stream).arrayBuffer(),
    imports,
  );
}

function decode() {
  // Not Uint8Array.from: that takes several times as long.
  const { fromBase64 } = /** @type {any} */ (Uint8Array);
  if (fromBase64) return fromBase64.call(Uint8Array, bytes);
  const raw = atob(bytes);
  const decoded = new Uint8Array(raw.length);
  for (let i = raw.length; i--;) decoded[i] = raw.charCodeAt(i);
  return decoded;
}

/** Only the entry `external` has its engine elsewhere. @type {((source: any) => void) | undefined} */
export const setSource = undefined;
