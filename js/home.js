// One engine for all copies of this version in a realm (ES module and CommonJS, several bundles): they use what the first one that was
// called has put here. Each copy that is configured has a client of its own; one that never was uses the page's default client,
// that of the copy that was configured first. Other versions have homes of their own.
import { version } from "../package.json";
import { FaceClient } from "./client.js";
import { load, loadFallback } from "./engine.js";
import { faceError } from "./errors.js";
import { setSource } from "./inlined.js";
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
  return { ...client.functions, dispose: () => client.dispose() };
}

const make = () => ({
  page: new FaceClient(false),
  another: () => new FaceClient(false),
  createClient,
  preload,
  setSource,
});

/** @returns {ReturnType<typeof make>} */
export function home() {
  /** @type {any} */
  const realm = globalThis;
  return (realm[HOME] ??= make());
}

/** This copy's own client, once it was configured. @type {FaceClient | undefined} */
let own;
/** Who listened in this copy before. @type {Set<{ listener: (event: any) => void, stop: () => void }>} */
const early = new Set();

/** The client that this copy uses. */
const client = () => own ?? home().page;

/** The public functions of that client. */
export const functions = () => client().functions;

/** @param {any} config */
export function configure(config) {
  const { page, another } = home();
  if (!own) {
    own = page.setup ? another() : page;
    for (const one of early) {
      one.stop();
      one.stop = own.functions.onSignedOut(one.listener);
    }
    early.clear();
  }
  return own.configure(config);
}

/** @param {(event: any) => void} listener */
export function onSignedOut(listener) {
  const one = { listener, stop: functions().onSignedOut(listener) };
  if (!own) early.add(one);
  return () => {
    early.delete(one);
    one.stop();
  };
}
