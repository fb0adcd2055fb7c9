/**
 * The functions of `cognito-signout`, with the engine imported statically: for apps that render by
 * `loadTokens()`, service workers, `file://` and single-file bundles.
 *
 * ```ts
 * import { configure, loadTokens } from "cognito-signout/eager";
 *
 * await configure({ userPoolId: "eu-west-1_AbCdEfGhI", userPoolClientId: "1example23456789" });
 * const tokens = await loadTokens();
 * ```
 *
 * @packageDocumentation
 */

export * from "./index.js";
