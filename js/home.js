// One engine and one default client for all copies of this version in a realm: ES module and CommonJS, several bundles. They
// use what the first one that was called has put here. Other versions have homes of their own.
import { version } from "../package.json";
import { FaceClient, isServer, open } from "./client.js";
import { load, loadFallback } from "./engine.js";
import { faceError } from "./errors.js";
import { setSource } from "./inlined.js";

const HOME = Symbol.for(`cognito-signout@${version}`);

/** @param {any} [options] */
async function preload(options) {
  if (isServer()) return;
  await Promise.all([
    load(),
    options?.fallback &&
      loadFallback().catch((thrown) => {
        throw faceError("moduleUnavailable", thrown);
      }),
  ]);
}

const make = () => ({ client: new FaceClient(), open, preload, setSource });

/** @returns {ReturnType<typeof make>} */
export function home() {
  /** @type {any} */
  const realm = globalThis;
  return (realm[HOME] ??= make());
}
