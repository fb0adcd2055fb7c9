/**
 * The functions of `cognito-signout`, with the engine's `.wasm` streamed from a URL of your own in
 * place of bytes in the script.
 *
 * ```ts
 * import { configure, setWasmUrl } from "cognito-signout/slim";
 *
 * setWasmUrl("/assets/engine.wasm"); // a copy of node_modules/cognito-signout/dist/engine.wasm
 * configure({ userPoolId: "eu-west-1_AbCdEfGhI", userPoolClientId: "1example23456789" });
 * ```
 *
 * @packageDocumentation
 */

import { integrity as hash } from "../.build/integrity.js";
import { setSource } from "./streamed.js";

export * from "./index.js";

/**
 * Says where the engine is. Call it before {@link configure} and {@link preload}.
 *
 * The file is `dist/engine.wasm` of this very version. Where it can't be had or is not the one,
 * the JavaScript build is loaded.
 *
 * @param source - a URL, which is fetched when the engine is needed; or a Response, or a promise
 * of one, of a fetch of your own
 * @example
 * ```ts
 * import { integrity, setWasmUrl } from "cognito-signout/slim";
 *
 * setWasmUrl(fetch("/assets/engine.wasm", { integrity }));
 * ```
 */
export function setWasmUrl(
  source: string | URL | Response | Promise<Response>,
): void {
  setSource(source);
}

/**
 * The hash of `engine.wasm`, to check it with: `setWasmUrl(fetch(url, { integrity }))`
 * (Subresource Integrity, SHA-384).
 */
export const integrity: string = hash;
