// The types of the libraries themselves, at the versions that the tests install.
import { configure, createClient, signOut, storeTokens } from "cognito-signout";
import { connectUserManager } from "cognito-signout/oidc-client-ts";
import { useSignOut } from "cognito-signout/react";
import { Amplify, type ResourcesConfig } from "aws-amplify";
import type { SignOutInput } from "aws-amplify/auth";
import { sessionStorage as amplifyStorage } from "aws-amplify/utils";
import {
  UserManager,
  WebStorageStateStore,
  type OidcClientSettings,
  type UserManagerSettings,
} from "oidc-client-ts";
import type { ButtonHTMLAttributes } from "react";
import { useAuth } from "react-oidc-context";

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

await configure({
  ...manager,
  userStore: new WebStorageStateStore({ store: localStorage }),
});
const disconnect: () => void = connectUserManager(new UserManager(manager));
disconnect();
connectUserManager(useAuth(), createClient(client));
// @ts-expect-error: settings are no manager
connectUserManager(manager);
// @ts-expect-error: not a client
connectUserManager(new UserManager(manager), { signOut });

// The function, and the retry, are handlers of a React button.
const { signOut: leave, retry } = useSignOut({ global: true });
({ onClick: leave }) satisfies ButtonHTMLAttributes<HTMLButtonElement>;
({ onClick: retry }) satisfies ButtonHTMLAttributes<HTMLButtonElement>;
await leave({ hostedUI: "none" });
// @ts-expect-error: there is no such option
useSignOut({ globl: true });
