import { cookies } from "next/headers";
import { COOKIE, cognito, REFRESH_PATH } from "../../../src/cognito.js";
import { config } from "../../../src/config.js";

/** Signs in. The refresh token stays in a cookie that no script sees; the page gets the tokens that it needs for its own requests. */
export async function POST(request) {
  const { username, password } = await request.json();
  try {
    const { AuthenticationResult } = await cognito("InitiateAuth", {
      AuthFlow: "USER_PASSWORD_AUTH",
      ClientId: config.userPoolClientId,
      AuthParameters: { USERNAME: username, PASSWORD: password },
    });
    const { RefreshToken, ...tokens } = AuthenticationResult;
    const jar = await cookies();
    jar.set("access_token", tokens.AccessToken, COOKIE);
    jar.set("refresh_token", RefreshToken, { ...COOKIE, path: REFRESH_PATH });
    return Response.json(tokens);
  } catch (error) {
    return Response.json({ message: error.message }, { status: 401 });
  }
}
