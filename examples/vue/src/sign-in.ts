import type { CognitoAuthenticationResult } from "cognito-signout";
import { config } from "./config";

/** Signs in with a password, by Cognito's own API: `storeTokens` takes its result as it is. */
export async function signIn(
  username: string,
  password: string,
): Promise<CognitoAuthenticationResult> {
  const answer = await fetch(config.userPoolEndpoint, {
    method: "POST",
    headers: {
      "Content-Type": "application/x-amz-json-1.1",
      "X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth",
    },
    body: JSON.stringify({
      AuthFlow: "USER_PASSWORD_AUTH",
      ClientId: config.userPoolClientId,
      AuthParameters: { USERNAME: username, PASSWORD: password },
    }),
  });
  const { AuthenticationResult, message } = await answer.json();
  if (!AuthenticationResult) throw new Error(message);
  return AuthenticationResult;
}
