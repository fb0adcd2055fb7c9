import { isSigningOut, loadTokens } from "cognito-signout/eager";

/** The user's name, or `null`; not before a sign-out that is under way, in this tab or another one, has settled. */
export async function currentUser() {
  for (;;) {
    const tokens = await loadTokens();
    if (!isSigningOut()) return tokens?.username ?? null;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
