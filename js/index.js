// The public functions. Importing this does nothing; the engine is loaded by configure() or preload().
import { version } from "../package.json";
import { FaceClient, isServer, open } from "./client.js";
import { load } from "./engine.js";

export { AuthError, isAuthError } from "./errors.js";

// One engine and one default client for all copies of this version in a realm (ES module and CommonJS, several bundles):
// they use what the first one that was called has put here. Other versions have homes of their own.
const HOME = Symbol.for(`cognito-signout@${version}`);

/** @returns {{ client: FaceClient, open: typeof open, load: typeof load }} */
function home() {
  /** @type {any} */
  const realm = globalThis;
  return (realm[HOME] ??= { client: new FaceClient(), open, load });
}

/** @param {any} config */
export const configure = (config) => home().client.configure(config);

/** @param {any} tokens */
export const storeTokens = (tokens) => home().client.storeTokens(tokens);

export const loadTokens = () => home().client.loadTokens();

export const refreshTokens = () => home().client.refreshTokens();

/** @param {any} [options] */
export const signOut = (options) => home().client.signOut(options);

export const takeSignOutResult = () => home().client.takeSignOutResult();

export const isSigningOut = () => home().client.isSigningOut();

/** @param {(event: any) => void} listener */
export const onSignedOut = (listener) => home().client.onSignedOut(listener);

/** @param {any} token */
export const revokeToken = (token) => home().client.revokeToken(token);

/** @param {any} token */
export const globalSignOut = (token) => home().client.globalSignOut(token);

/** @param {any} config */
export const createClient = (config) => home().open(config);

export const preload = async () => {
  if (!isServer()) await home().load();
};
