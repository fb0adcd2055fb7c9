// The subpath `cognito-signout/oidc-client-ts`: brings what a UserManager keeps in memory in line with a sign-out, by its public means.
import * as defaultClient from "cognito-signout";

/**
 * @param {import("./oidc-client-ts").ConnectableUserManager} manager
 * @param {Pick<import("cognito-signout").Client, "onSignedOut" | "loadTokens">} [client]
 */
export function connectUserManager(manager, client = defaultClient) {
  const { events, settings } = manager;
  // Whether the last that was said of a user is that there is none. An app that answers that by signing out would go round in circles.
  let over = false;

  const renew = () => {
    if (settings.automaticSilentRenew) manager.startSilentRenew();
  };
  /** Whether somebody is signed in. Reading it removes a session that was ended and written back. */
  const isSignedIn = () => client.loadTokens().then(Boolean, () => false);
  // Where its storage fails, it says all the same that the user is gone; that error is in the result of the sign-out.
  const remove = () => manager.removeUser().catch(() => events.unload());

  const stopLoaded = events.addUserLoaded(() => {
    over = false;
    // Not awaited: it would hold the sign-in up, and fail it with itself.
    void (async () => {
      await isSignedIn();
      const key = `user:${settings.authority}:${settings.client_id}`;
      // A renewal that outlasted the sign-out had stored the session again.
      if (settings.userStore && !(await settings.userStore.get(key)))
        await remove();
      else renew();
    })().catch(reportError);
  });
  const stopUnloaded = events.addUserUnloaded(() => {
    over = true;
  });
  const unsubscribe = client.onSignedOut(({ reason }) => {
    // A renewal that waits for its next try would ask the hosted UI.
    manager.stopSilentRenew();
    if (over && reason === "signOut") return;
    void (async () => {
      // Whoever is signed in by now is of a new session, and stays.
      if (!(await isSignedIn())) await remove();
      renew();
    })().catch(reportError);
  });
  return () => {
    unsubscribe();
    stopUnloaded();
    stopLoaded();
  };
}
