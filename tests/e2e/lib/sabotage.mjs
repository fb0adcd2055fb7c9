// An engine that breaks, or can't be had, when a test wants it to.

/**
 * Before the app: wraps every function that the engine exports. `sabotage.trapAt = n` makes the n-th call from then on trap;
 * `sabotage.hang` makes its promises never settle; with `sabotage.isAway` there is none. It stands alone.
 */
export function sabotageEngine() {
  /** @type {any} */
  const global = globalThis;
  const sabotage = {
    instances: 0,
    calls: 0,
    trapAt: 0,
    hang: false,
    isAway: false,
  };
  global.sabotage = sabotage;
  const real = WebAssembly.instantiate;
  // @ts-expect-error one of two signatures
  WebAssembly.instantiate = async (bytes, imports) => {
    if (sabotage.isAway) throw new Error("not now");
    const { module, instance } =
      /** @type {WebAssembly.WebAssemblyInstantiatedSource} */ (
        /** @type {unknown} */ (await real(bytes, imports))
      );
    sabotage.instances++;
    /** @type {Record<string, any>} */
    const exports = {};
    for (const [name, value] of Object.entries(instance.exports))
      exports[name] =
        typeof value === "function"
          ? (/** @type {any[]} */ ...args) => {
              if (sabotage.trapAt > 0 && ++sabotage.calls === sabotage.trapAt)
                throw new WebAssembly.RuntimeError("unreachable");
              const result = value(...args);
              return sabotage.hang && result instanceof Promise
                ? new Promise(() => {})
                : result;
            }
          : value;
    return { module, instance: { exports } };
  };
}

/** The engine as JavaScript, wherever it lies. */
export const FALLBACK = /cognito-signout-fallback/;

/** Before the app: there is no engine until `engineComes()`, where `FALLBACK` is missing too. It stands alone. */
export function withoutEngine() {
  const real = WebAssembly.instantiate;
  WebAssembly.instantiate = /** @type {any} */ (
    () => Promise.reject(new Error("not now"))
  );
  globalThis.engineComes = () => {
    WebAssembly.instantiate = real;
  };
}
