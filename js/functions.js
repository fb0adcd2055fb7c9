// The public functions of one client, all but configure(). index.js exports each for the default client.
import { current } from "./engine.js";
import { isSigningOutByMark } from "./mark.js";
import { isServer } from "./page.js";
import { toResult } from "./results.js";
import { again, signOut } from "./sign-out.js";

/** @param {import("./client.js").FaceClient} client */
export function functionsOf(client) {
  /** The result of the page before, once it was taken. @type {{ at: number, result: any } | undefined} */
  let taken;
  return {
    storeTokens: (/** @type {any} */ tokens) =>
      client.call("storeTokens", tokens),

    loadTokens: async () => (isServer() ? null : client.call("loadTokens")),

    refreshTokens: () => client.call("refreshTokens"),

    signOut: (/** @type {any} */ options) => signOut(client, options),

    takeSignOutResult: async () => {
      const raw = isServer() ? null : await client.call("takeSignOutResult");
      if (!raw) return null;
      const { at, ...result } = raw;
      // The same object for every call: React runs effects twice.
      if (taken?.at !== at)
        taken = { at, result: toResult(result, again(client, {}, raw)) };
      return taken?.result;
    },

    isSigningOut: () => {
      if (isServer() || !client.config) return false;
      if (client.isAway) return true;
      const engine = current();
      if (engine && client.engine === engine) {
        try {
          return engine.isSigningOut(client.number);
        } catch {
          // The engine broke; the mark says as much.
        }
      }
      return isSigningOutByMark(client.config);
    },

    onSignedOut: (/** @type {(event: any) => void} */ listener) => {
      // Each subscription counts, even of the same function.
      const own = (/** @type {any} */ event) => listener(event);
      if (!isServer()) client.listeners.add(own);
      return () => {
        client.listeners.delete(own);
      };
    },

    revokeToken: (/** @type {any} */ token) =>
      client.call("revokeToken", token),

    globalSignOut: (/** @type {any} */ token) =>
      client.call("globalSignOut", token),
  };
}
