// The types of the libraries themselves, at the versions that the tests install.
import { configure, signOut, storeTokens } from "cognito-signout";
import { Amplify, type ResourcesConfig } from "aws-amplify";
import type { SignOutInput } from "aws-amplify/auth";
import { sessionStorage as amplifyStorage } from "aws-amplify/utils";
import type { OidcClientSettings, UserManagerSettings } from "oidc-client-ts";

declare const resources: ResourcesConfig;
await configure(resources);
await configure(Amplify.getConfig());
await configure({
  userPoolId: "eu-west-1_AbCdEfGhI",
  userPoolClientId: "1example23456789",
  storage: amplifyStorage,
});

declare const input: SignOutInput;
await signOut(input);

declare const client: OidcClientSettings;
declare const manager: UserManagerSettings;
await configure(client);
await configure({ ...manager, hostedUI: { domain: "d.example.com" } });

// A SigninResponse of oidc-client-ts is not a token response: its tokens may be missing.
declare const response: { access_token: string; id_token?: string };
await storeTokens(response);
