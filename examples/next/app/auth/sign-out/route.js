import { cookies } from "next/headers";
import { cognito, REFRESH_PATH } from "../../../src/cognito.js";
import { config } from "../../../src/config.js";

/** The server's part of a sign-out: the cookies that no script sees go, and Cognito is told. */
export async function POST() {
  const jar = await cookies();
  const Token = jar.get("refresh_token")?.value;
  jar.delete("access_token");
  jar.delete({ name: "refresh_token", path: REFRESH_PATH });
  let revoked = true;
  if (Token)
    try {
      await cognito("RevokeToken", {
        ClientId: config.userPoolClientId,
        Token,
      });
    } catch (error) {
      // The cookies go all the same.
      console.warn("RevokeToken:", error.message);
      revoked = false;
    }
  return Response.json({ revoked });
}
