// Where the engine comes from: the package itself. The bytes are those of dist/engine.wasm.
import { bytes } from "../.build/bytes.js";

export async function instantiate(imports: WebAssembly.Imports) {
  // Not a Blob: that of jsdom, where apps are tested, has no stream.
  const stream = (
    new Response(decode()).body as ReadableStream<BufferSource>
  ).pipeThrough(new DecompressionStream("deflate-raw"));
  return WebAssembly.instantiate(
    await new Response(stream).arrayBuffer(),
    imports,
  );
}

function decode(): Uint8Array<ArrayBuffer> {
  // Not Uint8Array.from: that takes several times as long.
  const { fromBase64 } = Uint8Array as {
    fromBase64?: (text: string) => Uint8Array<ArrayBuffer>;
  };
  if (fromBase64) return fromBase64.call(Uint8Array, bytes);
  const raw = atob(bytes);
  const decoded = new Uint8Array(raw.length);
  for (let i = raw.length; i--;) decoded[i] = raw.charCodeAt(i);
  return decoded;
}
