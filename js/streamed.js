// Where the engine comes from in the entry `external`, in place of inlined.js: a URL of the app's own.

/** @type {any} */
let source;

/** @param {any} given a URL, a Response, or a promise of one */
export const setSource = (given) => {
  source = given;
};

/** @param {WebAssembly.Imports} imports */
export async function instantiate(imports) {
  const given = await source;
  if (!given) throw new Error("setWasmUrl() was not called");
  // A clone, since the engine may have to start again.
  const response =
    given instanceof Response ? given.clone() : await fetch(given);
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const spare = response.clone();
  return WebAssembly.instantiateStreaming(response, imports).catch(async () =>
    // Streaming insists on the type application/wasm.
    WebAssembly.instantiate(await spare.arrayBuffer(), imports),
  );
}
