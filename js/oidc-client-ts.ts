/**
 * For apps that use oidc-client-ts or react-oidc-context beside this package.
 *
 * @packageDocumentation
 */
import type { Client } from "cognito-signout";
import type { StateStore, UserManagerEvents } from "oidc-client-ts";
import { connect, hear, sayOut } from "./connections.js";

/**
 * Tells a `UserManager` of every sign-out, of this tab and of others: its user is removed,
 * `userUnloaded` is raised, its silent renewal ends, and react-oidc-context's `isAuthenticated`
 * turns `false`, without a reload.
 *
 * With react-oidc-context, give that manager to `<AuthProvider userManager={userManager}>`; or
 * connect what `useAuth()` gives, which has the same functions:
 *
 * ```ts
 * const auth = useAuth();
 * useEffect(() => connectUserManager(auth), [auth.events]);
 * ```
 *
 * It sends no request, and never ends a session that began after the sign-out; a renewal that
 * outlasts the sign-out does not bring the user back. Called again for the same manager, as hot
 * updates and React's StrictMode do, it tells the manager of each sign-out once all the same. If
 * the user was unloaded already, and nobody was loaded since, a sign-out of this tab is not told
 * again.
 *
 * @param manager - of which no more than this is used, so that a `UserManager` of any copy of
 * oidc-client-ts fits
 * @param client - of `createClient`; left out, the one that `configure` sets
 * @returns ends the connection; where it was made several times, the last call does
 * @example
 * ```ts
 * import { configure, fromOidcSettings } from "cognito-signout";
 * import { connectUserManager } from "cognito-signout/oidc-client-ts";
 * import { UserManager } from "oidc-client-ts";
 *
 * const settings = {
 *   authority: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI",
 *   client_id: "1example23456789",
 *   redirect_uri: "https://app.example.com/",
 *   post_logout_redirect_uri: "https://app.example.com/",
 * };
 * const hostedUI = { domain: "example.auth.eu-west-1.amazoncognito.com" };
 * configure(fromOidcSettings({ ...settings, hostedUI })).catch(console.error);
 * connectUserManager(new UserManager(settings));
 * ```
 */
export function connectUserManager(
  manager: ConnectableUserManager,
  client?: Pick<Client, "onSignedOut" | "loadTokens">,
): () => void {
  const { events, settings } = manager;
  return connect(events, client, (library, client) => {
    const { userStore } = settings;
    const renew = () => {
      if (settings.automaticSilentRenew && library.connections.size)
        manager.startSilentRenew();
    };
    // Only a session that this tab has read is known to be ended by another tab's sign-out.
    const look = () => client.loadTokens().catch(() => null);
    const isStored = async () =>
      !!(await userStore?.get(
        `user:${settings.authority}:${settings.client_id}`,
      ));
    /** Whether somebody is signed in. Reading it removes a session that was ended and written back. */
    const isSignedIn = async (isOwn: boolean) =>
      // Where this tab has removed the session, nothing waits for the engine.
      !(isOwn && userStore && !(await isStored())) &&
      // What can't be read is not known to be gone.
      client.loadTokens().then(Boolean, isStored);
    const remove = () =>
      sayOut(library, () =>
        // Where its storage fails, it says all the same that the user is gone; that error is in the result of the sign-out.
        manager.removeUser().catch(() => events.unload()),
      );

    const stopLoaded = events.addUserLoaded(() => {
      library.isOut = false;
      // Not awaited: it would hold the sign-in up, and fail it with itself.
      void (async () => {
        await look();
        // A renewal that outlasted the sign-out had stored the session again.
        if (userStore && !(await isStored())) await remove();
        else renew();
      })().catch(reportError);
    });
    const stopUnloaded = events.addUserUnloaded(() => {
      library.isOut = true;
    });
    const unsubscribe = client.onSignedOut((event) => {
      // A renewal that waits for its next try would ask the hosted UI.
      manager.stopSilentRenew();
      hear(library, event, async (isOwn) => {
        if (isOwn && library.isOut) return;
        // Whoever is signed in by now is of a new session, and stays.
        if (!(await isSignedIn(isOwn).catch(() => false))) await remove();
        renew();
      });
    });
    // Somebody may have signed in before.
    void look();
    return () => {
      unsubscribe();
      stopUnloaded();
      stopLoaded();
    };
  });
}

/**
 * What {@link connectUserManager} uses of a `UserManager`, or of react-oidc-context's
 * `AuthContextProps`.
 */
export interface ConnectableUserManager {
  readonly settings: {
    readonly authority: string;
    readonly client_id: string;
    readonly automaticSilentRenew?: boolean;
    readonly userStore?: Pick<StateStore, "get">;
  };
  readonly events: Pick<
    UserManagerEvents,
    "addUserLoaded" | "addUserUnloaded" | "unload"
  >;
  removeUser(): Promise<void>;
  startSilentRenew(): void;
  stopSilentRenew(): void;
}
