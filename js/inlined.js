// Where the engine comes from: the package itself.
import { assemblerSize, bytes } from "../.build/bytes.js";

/** Where js/assemble.wat takes the columns from. */
const START = 2048;

/** @param {WebAssembly.Imports} imports */
export async function instantiate(imports) {
  // Not a Blob: that of jsdom, where apps are tested, has no stream.
  const stream = /** @type {ReadableStream} */ (
    new Response(decode()).body
  ).pipeThrough(new DecompressionStream("deflate-raw"));
  const all = new Uint8Array(await new Response(stream).arrayBuffer());
  const assembler = await WebAssembly.instantiate(
    all.subarray(0, assemblerSize),
  );
  const { memory, assemble } = /** @type {any} */ (assembler.instance.exports);
  const start = START + all.length - assemblerSize;
  // The engine is somewhat longer than its columns, and its opcodes are written out behind it.
  memory.grow(start >> 14);
  const room = new Uint8Array(/** @type {ArrayBuffer} */ (memory.buffer));
  room.set(all.subarray(assemblerSize), START);
  return WebAssembly.instantiate(
    room.subarray(start, assemble(start)),
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
