// The subpath `cognito-signout/amplify`: brings what Amplify keeps in memory in line with a sign-out. Amplify's own signOut() is the
// public way to it: where nothing is stored it sends no request and leaves no page, drops the AWS credentials, and says `signedOut` on its
// Hub without the warning that a dispatch by others gives.
import { getCurrentUser, signOut } from "aws-amplify/auth";
import { Hub } from "aws-amplify/utils";
import { loadTokens, onSignedOut } from "cognito-signout";

/** @param {Pick<import("cognito-signout").Client, "onSignedOut" | "loadTokens">} [client] */
export function connectAmplify(client = { loadTokens, onSignedOut }) {
  // Whether the Hub has said signedOut last. An app that answers that by signing out would go round in circles.
  let over = false;
  const look = () => client.loadTokens().catch(() => {});
  const stopListening = Hub.listen(
    "auth",
    ({ crossTab, payload: { event } }) => {
      // Of another tab's Amplify not every listener hears.
      if (event === "signedOut" && !crossTab) over = true;
      if (event === "signedIn" || event === "signInWithRedirect") over = false;
      // Only a session that this tab has read is known to be ended by another tab's sign-out; and where a refresh that outlasted a
      // sign-out has stored a session again, reading it removes it.
      if (!over || event === "tokenRefresh") void look();
    },
    { enableCrossTabEvents: true },
  );
  const follow = async () => {
    // Another tab's removal may show here later than its word: reading the session removes it.
    await look();
    // Whoever is signed in by now is of a new session, and stays.
    const name = await getCurrentUser().then(
      () => "",
      (error) => error?.name,
    );
    // Any other error: Amplify is not configured, or could not tell.
    if (name === "UserUnAuthenticatedException") await signOut();
  };
  const unsubscribe = client.onSignedOut(({ reason }) => {
    if (!over || reason !== "signOut") follow().catch(reportError);
  });
  return () => {
    stopListening();
    unsubscribe();
  };
}
