// The public functions. Importing this does nothing; the engine is loaded by configure() or preload().
import { functions, home } from "./home.js";

export { AuthError, isAuthError } from "./errors.js";
export { configure, onSignedOut } from "./home.js";

/** @param {any} tokens */
export const storeTokens = (tokens) => functions().storeTokens(tokens);

export const loadTokens = () => functions().loadTokens();

export const refreshTokens = () => functions().refreshTokens();

/** @param {any} [options] */
export const signOut = (options) => functions().signOut(options);

export const takeSignOutResult = () => functions().takeSignOutResult();

export const isSigningOut = () => functions().isSigningOut();

/** @param {any} token */
export const revokeToken = (token) => functions().revokeToken(token);

/** @param {any} token */
export const globalSignOut = (token) => functions().globalSignOut(token);

/** @param {any} config */
export const createClient = (config) => home().createClient(config);

/** @param {any} [options] */
export const preload = (options) => home().preload(options);
