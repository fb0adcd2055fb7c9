import { isSigningOut, loadTokens } from "cognito-signout/eager";

/**
 * The user's name, or `null`. It waits until a sign-out that is in progress has settled, in this tab
 * or another one.
 */
export async function currentUser(): Promise<string | null> {
  for (;;) {
    const tokens = await loadTokens();
    if (!isSigningOut()) return tokens?.username ?? null;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
