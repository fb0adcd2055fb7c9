// An app on its way from one library to another: Amplify v6, amazon-cognito-identity-js and oidc-client-ts, all of one app client.
import { CognitoUserPool } from "amazon-cognito-identity-js";
import { Amplify } from "aws-amplify";
import * as auth from "aws-amplify/auth";
import { cognitoUserPoolsTokenProvider } from "aws-amplify/auth/cognito";
import { UserManager } from "oidc-client-ts";
import { identityOf } from "./identity.mjs";

const { config, given } = globalThis.setup ?? {};

Amplify.configure({
  Auth: {
    Cognito: {
      userPoolId: config.userPoolId,
      userPoolClientId: config.userPoolClientId,
      userPoolEndpoint: config.userPoolEndpoint,
    },
  },
});
const Pool = new CognitoUserPool({
  UserPoolId: config.userPoolId,
  ClientId: config.userPoolClientId,
  endpoint: config.userPoolEndpoint,
});
const manager = new UserManager({
  authority: given.authority,
  client_id: config.userPoolClientId,
  redirect_uri: `${location.origin}/`,
  scope: "openid",
});

Object.assign(globalThis, {
  amplify: { Amplify, cognitoUserPoolsTokenProvider, ...auth },
  identity: identityOf(Pool),
  oidc: {
    manager,
    whoIsIn: async () =>
      (await manager.getUser())?.profile["cognito:username"] ?? null,
    tokens: async () => {
      const user = await manager.getUser();
      return [user?.access_token, user?.refresh_token];
    },
  },
});
if (location.search.includes("code=")) {
  await manager.signinCallback();
  history.replaceState({}, "", "/");
}
await import("./start.mjs");
