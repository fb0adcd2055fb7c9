// The public functions. Importing this does nothing; the engine is loaded by configure() or preload().
import { FaceClient, isServer } from "./client.js";
import { load } from "./engine.js";

export { AuthError, isAuthError } from "./errors.js";

const client = new FaceClient();

/** @param {any} config */
export const configure = (config) => client.configure(config);

export const {
  storeTokens,
  loadTokens,
  refreshTokens,
  signOut,
  takeSignOutResult,
  isSigningOut,
  onSignedOut,
  revokeToken,
  globalSignOut,
} = client;

/** @param {any} config */
export function createClient(config) {
  const own = new FaceClient();
  own.isOwn = true;
  void own.configure(config);
  const {
    storeTokens,
    loadTokens,
    refreshTokens,
    signOut,
    takeSignOutResult,
    isSigningOut,
    onSignedOut,
    revokeToken,
    globalSignOut,
  } = own;
  return {
    storeTokens,
    loadTokens,
    refreshTokens,
    signOut,
    takeSignOutResult,
    isSigningOut,
    onSignedOut,
    revokeToken,
    globalSignOut,
  };
}

export const preload = async () => {
  if (!isServer()) await load();
};
