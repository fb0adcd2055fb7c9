// One engine and one default client for all copies of this version in a realm: ES module and CommonJS, several bundles. They
// use what the first one that was called has put here. Other versions have homes of their own.
// First: the engine's bytes stand before all code then, which deflates better in one piece.
import { setSource } from "./inlined.js";
import { version } from "../package.json";
import { FaceClient } from "./client.js";
import { load, loadFallback } from "./engine.js";
import { faceError } from "./errors.js";
import { isServer } from "./page.js";

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

/**
 * One more client, as plain functions.
 * @param {any} config
 */
function createClient(config) {
  const client = new FaceClient(true);
  void client.configure(config);
  return client.functions;
}

function make() {
  const client = new FaceClient(false);
  return {
    configure: (/** @type {any} */ config) => client.configure(config),
    ...client.functions,
    createClient,
    preload,
    setSource,
  };
}

/** @returns {ReturnType<typeof make>} */
export function home() {
  /** @type {any} */
  const realm = globalThis;
  return (realm[HOME] ??= make());
}
