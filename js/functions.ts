// The public functions of one client, all but configure() and dispose(). index.ts exports each for the client of its copy of the package.
import type { FaceClient } from "./client.js";
import type { CallName } from "./driver.js";
import { asAuthError } from "./errors.js";
import { copyOf, isEvent } from "./options.js";
import { isServer } from "./page.js";
import { failed } from "./results.js";
import type {
  Client,
  ReturnedSignOutResult,
  SignedOutEvent,
  Tokens,
} from "./types.js";

export function functionsOf(client: FaceClient): Omit<Client, "dispose"> {
  /** Calls a function of the engine that has nothing but a promise to give. */
  const call = <T>(name: CallName, given?: unknown) => {
    const setup = client.current();
    const copy = copyOf(given);
    return setup.use("calls", async () =>
      (await setup.ask()).call(setup, name, copy),
    ) as Promise<T>;
  };
  return {
    storeTokens: async (tokens) => call("storeTokens", tokens),
    loadTokens: async () =>
      isServer() ? null : call<Tokens | null>("loadTokens"),
    refreshTokens: async () => call<Tokens>("refreshTokens"),
    signOut(given?: unknown) {
      try {
        // An event counts as no options: `onClick={signOut}`.
        return client
          .current()
          .signOut(isEvent(given) ? undefined : copyOf(given));
      } catch (error) {
        return Promise.resolve(failed(asAuthError(error)));
      }
    },
    takeSignOutResult: async () =>
      isServer()
        ? null
        : call<ReturnedSignOutResult | null>("takeSignOutResult"),
    isSigningOut: () => client.isSigningOut(),
    onSignedOut(listener) {
      // Each subscription counts, even of the same function.
      const own = (event: SignedOutEvent) => listener(event);
      if (!isServer() && !client.isDisposed) client.listeners.add(own);
      return () => {
        client.listeners.delete(own);
      };
    },
    revokeToken: async (token) => call("revokeToken", token),
    globalSignOut: async (token) => call("globalSignOut", token),
  };
}
