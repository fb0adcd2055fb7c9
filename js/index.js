// The public functions. Importing this does nothing; the engine is loaded by configure() or preload().
import { home } from "./home.js";

export { AuthError, isAuthError } from "./errors.js";

/** @param {any} config */
export const configure = (config) => home().configure(config);

/** @param {any} tokens */
export const storeTokens = (tokens) => home().storeTokens(tokens);

export const loadTokens = () => home().loadTokens();

export const refreshTokens = () => home().refreshTokens();

/** @param {any} [options] */
export const signOut = (options) => home().signOut(options);

export const takeSignOutResult = () => home().takeSignOutResult();

export const isSigningOut = () => home().isSigningOut();

/** @param {(event: any) => void} listener */
export const onSignedOut = (listener) => home().onSignedOut(listener);

/** @param {any} token */
export const revokeToken = (token) => home().revokeToken(token);

/** @param {any} token */
export const globalSignOut = (token) => home().globalSignOut(token);

/** @param {any} config */
export const createClient = (config) => home().createClient(config);

/** @param {any} [options] */
export const preload = (options) => home().preload(options);
