import { signOut } from "cognito-signout";

/** The server's own sign-out route: only it can remove HttpOnly cookies, and revoke the refresh token in one. */
const leaveServer = () =>
  fetch("/auth/sign-out", { method: "POST", keepalive: true }).then(
    async (answer) => answer.ok && (await answer.json()).revoked,
    () => false,
  );

/**
 * Signs out in the browser and at the server, in this order: GlobalSignOut needs the access token, which dies with the refresh token.
 * A page that goes before that, by a redirect to the hosted UI too, tells the server as it goes.
 * @param {import("cognito-signout").SignOutOptions} [options]
 */
export async function leave(options) {
  const going = () => void leaveServer();
  addEventListener("pagehide", going, { once: true });
  const result = await signOut(options);
  removeEventListener("pagehide", going);
  const server = result.status !== "failed" && (await leaveServer());
  return { result, server };
}
