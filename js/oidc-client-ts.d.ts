/**
 * For apps that use oidc-client-ts or react-oidc-context beside this package.
 *
 * @packageDocumentation
 */
import type { Client } from "cognito-signout";
import type { StateStore, UserManagerEvents } from "oidc-client-ts";

/**
 * Tells a `UserManager` of every sign-out, of this tab and of others: its user is removed, `userUnloaded` is raised, its silent renewal
 * ends, and react-oidc-context's `isAuthenticated` turns `false`, without a reload.
 *
 * ```ts
 * import { configure } from "cognito-signout";
 * import { connectUserManager } from "cognito-signout/oidc-client-ts";
 * import { UserManager } from "oidc-client-ts";
 *
 * const userManager = new UserManager(settings);
 * configure({ ...settings, hostedUI: { domain } }).catch(console.error);
 * connectUserManager(userManager);
 * ```
 *
 * With react-oidc-context, give that manager to `<AuthProvider userManager={userManager}>`; or connect what `useAuth()` gives, which has
 * the same functions:
 *
 * ```ts
 * const auth = useAuth();
 * useEffect(() => connectUserManager(auth), [auth.events]);
 * ```
 *
 * It sends no request, and never ends a session that began after the sign-out; a renewal that outlasts the sign-out does not bring the
 * user back. If the user was unloaded already, and nobody was loaded since, a sign-out of this tab is not told again.
 *
 * @param manager - of which no more than this is used, so that a `UserManager` of any copy of oidc-client-ts fits
 * @param client - of `createClient`; left out, the one that `configure` sets
 * @returns ends the connection
 */
export function connectUserManager(
  manager: ConnectableUserManager,
  client?: Pick<Client, "onSignedOut" | "loadTokens">,
): () => void;

/** What {@link connectUserManager} uses of a `UserManager`, or of react-oidc-context's `AuthContextProps`. */
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
