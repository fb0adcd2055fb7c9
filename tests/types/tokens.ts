// Every form of tokens that people hold is taken; what comes out is Tokens.
import {
  globalSignOut,
  loadTokens,
  refreshTokens,
  revokeToken,
  storeTokens,
} from "cognito-signout";
import type { Tokens } from "cognito-signout";
import { expectTrue, type Equal } from "./expect.js";

const [accessToken, idToken, refreshToken] = ["a", "i", "r"];

await storeTokens({ accessToken });
await storeTokens({
  accessToken,
  idToken,
  refreshToken,
  username: "jane.doe@example.com",
  signInMethod: "hostedUI",
});

declare const response: {
  access_token: string;
  id_token: string;
  refresh_token: string;
  token_type: string;
  expires_in: number;
};
await storeTokens(response);
await storeTokens({ ...response, signInMethod: "hostedUI" });

// As in the AWS SDK.
interface AuthenticationResultType {
  AccessToken?: string | undefined;
  ExpiresIn?: number | undefined;
  TokenType?: string | undefined;
  RefreshToken?: string | undefined;
  IdToken?: string | undefined;
  NewDeviceMetadata?: { DeviceKey?: string; DeviceGroupKey?: string };
}
declare const authenticationResult: AuthenticationResultType;
await storeTokens(authenticationResult);
declare const answer: {
  AuthenticationResult?: AuthenticationResultType;
  ChallengeName?: string;
  $metadata: object;
};
await storeTokens(answer);

const stored = await loadTokens();
expectTrue<Equal<typeof stored, Tokens | null>>();
// @ts-expect-error: null when signed out
console.log(stored.username);
if (stored) {
  await storeTokens(stored);
  expectTrue<Equal<typeof stored.accessToken, string>>();
  expectTrue<
    Equal<typeof stored.signInMethod, "api" | "hostedUI" | undefined>
  >();
}
const fresh = await refreshTokens();
expectTrue<Equal<typeof fresh, Tokens>>();
await revokeToken(fresh.refreshToken ?? "");
await globalSignOut(fresh.accessToken);

// @ts-expect-error: no tokens
await storeTokens();
// @ts-expect-error: the access token is missing
await storeTokens({ idToken });
// @ts-expect-error: not a way to sign in
await storeTokens({ accessToken, signInMethod: "oauth" });
// @ts-expect-error: misspelt
await storeTokens({ accessToken, refresh: refreshToken });
// @ts-expect-error: may be undefined
await revokeToken(fresh.refreshToken);
