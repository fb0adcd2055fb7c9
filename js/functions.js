// The public functions of one client, all but configure() and dispose(). index.js exports each for the client of its copy of the
// package.
import { isServer } from "./page.js";
import { failed, toResult } from "./results.js";
import { again } from "./sign-out.js";

/** @param {import("./client.js").FaceClient} client */
export function functionsOf(client) {
  /** The result of the page before, once it was taken. @type {{ at: number, result: any } | undefined} */
  let taken;
  return {
    storeTokens: async (/** @type {any} */ tokens) =>
      client.current().call("storeTokens", tokens),

    loadTokens: async () =>
      isServer() ? null : client.current().call("loadTokens"),

    refreshTokens: async () => client.current().call("refreshTokens"),

    signOut: (/** @type {any} */ options) => {
      let setup;
      try {
        setup = client.current();
      } catch (error) {
        return Promise.resolve(failed(error));
      }
      return setup.signOut(options);
    },

    takeSignOutResult: async () => {
      if (isServer()) return null;
      const setup = client.current();
      const raw = await setup.call("takeSignOutResult");
      if (!raw) return null;
      const { at, ...result } = raw;
      // The same object for every call: React runs effects twice.
      if (taken?.at !== at)
        taken = { at, result: toResult(result, again(setup, {}, raw)) };
      return taken?.result;
    },

    isSigningOut: () => client.isSigningOut(),

    onSignedOut: (/** @type {(event: any) => void} */ listener) => {
      // Each subscription counts, even of the same function.
      const own = (/** @type {any} */ event) => listener(event);
      if (!isServer() && !client.isDisposed) client.listeners.add(own);
      return () => {
        client.listeners.delete(own);
      };
    },

    revokeToken: async (/** @type {any} */ token) =>
      client.current().call("revokeToken", token),

    globalSignOut: async (/** @type {any} */ token) =>
      client.current().call("globalSignOut", token),
  };
}
