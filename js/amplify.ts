/**
 * For apps that use Amplify v6 beside this package.
 *
 * @packageDocumentation
 */
import type { Client } from "cognito-signout";
// Amplify's own signOut() is the public way to what it keeps in memory: where nothing is stored it sends no request and leaves no page, drops
// the AWS credentials, and says `signedOut` on its Hub without the warning that a dispatch by others gives.
import { getCurrentUser, signOut } from "aws-amplify/auth";
import { Hub } from "aws-amplify/utils";
import { connect, hear, sayOut } from "./connections.js";

/**
 * Tells Amplify of every sign-out, of this tab and of others: its Hub says `signedOut` (so that
 * `<Authenticator>` goes back to its sign-in form) and the AWS credentials that it has cached go,
 * without a reload.
 *
 * Call it where the app starts, before or after `configure`. Called again, as hot updates and
 * React's StrictMode do, it tells Amplify of each sign-out once all the same. It sends no request,
 * and never ends a session that began after the sign-out. If the Hub has said `signedOut` already,
 * and nobody has signed in since, a sign-out of this tab is not told again.
 *
 * @param client - of `createClient`; left out, the one that `configure` sets
 * @returns ends the connection; where it was made several times, the last call does
 * @example
 * ```ts
 * import { Amplify } from "aws-amplify";
 * import { configure, fromAmplify } from "cognito-signout";
 * import { connectAmplify } from "cognito-signout/amplify";
 * import outputs from "./amplify_outputs.json";
 *
 * Amplify.configure(outputs);
 * configure(fromAmplify(outputs)).catch(console.error);
 * connectAmplify();
 * ```
 */
export function connectAmplify(
  client?: Pick<Client, "onSignedOut" | "loadTokens">,
): () => void {
  return connect(Hub, client, (library, client) => {
    const look = () => client.loadTokens().catch(() => null);
    const stopListening = Hub.listen(
      "auth",
      ({ crossTab, payload: { event } }) => {
        // Of another tab's Amplify not every listener hears.
        if (event === "signedOut" && !crossTab) library.isOut = true;
        if (event === "signedIn" || event === "signInWithRedirect")
          library.isOut = false;
        // Only a session that this tab has read is known to be ended by another tab's sign-out; and where a refresh that outlasted a
        // sign-out has stored a session again, reading it removes it.
        if (!library.isOut || event === "tokenRefresh") void look();
      },
      { enableCrossTabEvents: true },
    );
    const unsubscribe = client.onSignedOut((event) =>
      hear(library, event, async (isOwn) => {
        // Where this tab has removed the session, nothing waits for the engine. Another tab's removal may show here later than its
        // word, and a refresh may have stored the session again: reading it removes it.
        const isOut =
          (isOwn && (await isNobodyIn())) ||
          (await look().then(() => isNobodyIn()));
        // Whoever is signed in by now is of a new session, and stays.
        if (isOut) await sayOut(library, signOut);
      }),
    );
    // Somebody may have signed in before.
    void look();
    return () => {
      stopListening();
      unsubscribe();
    };
  });
}

/** Whether Amplify says that nobody is signed in. It may not be configured, or be unable to tell. */
const isNobodyIn = () =>
  getCurrentUser().then(
    () => false,
    (error: { name?: string } | undefined) =>
      error?.name === "UserUnAuthenticatedException",
  );
