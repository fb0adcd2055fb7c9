import { signOut, type SignOutOptions } from "cognito-signout";

/** The server's own sign-out route: only the server can revoke and remove HttpOnly cookies. */
const leaveServer = () =>
  fetch("/auth/sign-out", {
    method: "POST",
    keepalive: true,
    signal: AbortSignal.timeout(5000),
  })
    .then(async (answer) => answer.ok && (await answer.json()).revoked === true)
    .catch(() => false);

/**
 * Signs out in the browser, then at the server: GlobalSignOut needs the access token, which
 * RevokeToken ends. A page that is left before that, also by a redirect to the hosted UI, calls the
 * server as it goes.
 */
export async function leave(options?: SignOutOptions) {
  const going = () => void leaveServer();
  addEventListener("pagehide", going, { once: true });
  const result = await signOut(options);
  removeEventListener("pagehide", going);
  const server = result.status !== "failed" && (await leaveServer());
  return { result, server };
}
