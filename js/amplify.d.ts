/**
 * For apps that use Amplify v6 beside this package.
 *
 * @packageDocumentation
 */
import type { Client } from "cognito-signout";

/**
 * Tells Amplify of every sign-out, of this tab and of others: its Hub says `signedOut` (so that `<Authenticator>` goes back to its
 * sign-in form) and the AWS credentials that it has cached go, without a reload.
 *
 * ```ts
 * import { Amplify } from "aws-amplify";
 * import { configure } from "cognito-signout";
 * import { connectAmplify } from "cognito-signout/amplify";
 * import outputs from "../amplify_outputs.json";
 *
 * Amplify.configure(outputs);
 * configure(outputs).catch(console.error);
 * connectAmplify();
 * ```
 *
 * Call it once, where the app starts. It sends no request, and never ends a session that began after the sign-out. If the Hub has said
 * `signedOut` already, and nobody has signed in since, a sign-out of this tab is not told again.
 *
 * @param client - of `createClient`; left out, the one that `configure` sets
 * @returns ends the connection
 */
export function connectAmplify(
  client?: Pick<Client, "onSignedOut" | "loadTokens">,
): () => void;
