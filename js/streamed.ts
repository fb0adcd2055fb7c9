// Where the engine comes from in the entry `slim`, in place of inlined.ts: a URL of the app's own.

let source: unknown;

/** @param given - a URL, a Response, or a promise of one */
export const setSource = (given: unknown) => {
  source = given;
  // Whether it can be had is seen when it is needed.
  Promise.resolve(given).catch(() => {});
};

export async function instantiate(imports: WebAssembly.Imports) {
  const given = await source;
  if (!given) throw new Error("setWasmUrl() was not called");
  // A clone, since the engine may have to start again.
  const response =
    given instanceof Response
      ? given.clone()
      : await fetch(given as string | URL);
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const spare = response.clone();
  return WebAssembly.instantiateStreaming(response, imports).catch(async () =>
    // Streaming insists on the type application/wasm.
    WebAssembly.instantiate(await spare.arrayBuffer(), imports),
  );
}
