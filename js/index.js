// The public functions. Importing this does nothing; the engine is loaded by configure() or preload().
import { home } from "./home.js";

export { AuthError, isAuthError } from "./errors.js";

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

/** @param {any} [options] */
export const preload = (options) => home().preload(options);
