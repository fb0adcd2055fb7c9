import type { TokensInput } from "cognito-signout/eager";

/** Signs in with a password, by Cognito's own API: its `AuthenticationResult`, which `storeTokens` takes as it is. */
export async function signIn(
  config: { userPoolEndpoint: string; userPoolClientId: string },
  username: string,
  password: string,
): Promise<TokensInput> {
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
