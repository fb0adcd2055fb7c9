// The same functions, with the engine from a URL of the app's own.
import { home } from "./home.js";

export * from "./index.js";
export { integrity } from "../.build/integrity.js";

/** @param {any} source */
export const setWasmUrl = (source) => home().setSource?.(source);
