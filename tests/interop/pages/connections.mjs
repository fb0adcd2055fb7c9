// An app that connects a library: at the moment that a test chooses, as often as it likes, and by a second copy of the package as well.
/// <reference path="../lib/copy.d.ts" />
import { Amplify } from "aws-amplify";
import * as auth from "aws-amplify/auth";
import { cognitoUserPoolsTokenProvider } from "aws-amplify/auth/cognito";
import { Hub } from "aws-amplify/utils";
import { connectAmplify } from "cognito-signout/amplify";
import { connectAmplify as connectAmplifyByCopy } from "cognito-signout/amplify?copy";
import { connectUserManager } from "cognito-signout/oidc-client-ts";
import { connectUserManager as connectUserManagerByCopy } from "cognito-signout/oidc-client-ts?copy";
import { User, UserManager, WebStorageStateStore } from "oidc-client-ts";

/** @import { Library } from "../lib/globals.d.ts" */

const { config, given } = globalThis.setup ?? {};
/** @type {string[]} */
const said = [];

/** @returns {Library} */
function useAmplify() {
  Amplify.configure(config);
  Hub.listen("auth", ({ payload: { event } }) => {
    if (event === "signedIn") said.push("in");
    if (event === "signedOut") said.push("out");
  });
  Object.assign(globalThis, {
    amplify: { cognitoUserPoolsTokenProvider, ...auth },
  });
  return {
    config,
    said,
    connect: (client) => connectAmplify(client),
    connectByCopy: (client) => connectAmplifyByCopy(client),
    async signIn({ username, password }) {
      await auth.signIn({
        username,
        password,
        options: { authFlowType: "USER_PASSWORD_AUTH" },
      });
    },
    isIn: async () => !!(await auth.fetchAuthSession()).tokens,
  };
}

/** @returns {Library} */
function useUserManager() {
  const settings = {
    ...config,
    userStore: new WebStorageStateStore({ store: localStorage }),
  };
  const manager = new UserManager(settings);
  manager.events.addUserLoaded(() => void said.push("in"));
  manager.events.addUserUnloaded(() => void said.push("out"));
  return {
    config: settings,
    said,
    connect: (client) => connectUserManager(manager, client),
    connectByCopy: (client) => connectUserManagerByCopy(manager, client),
    async signIn({ tokens }) {
      const user = new User({
        access_token: tokens.accessToken,
        refresh_token: tokens.refreshToken,
        token_type: "Bearer",
        profile: { sub: "", iss: "", aud: "", exp: 0, iat: 0 },
      });
      await manager.storeUser(user);
      await manager.events.load(user);
    },
    isIn: async () => !!(await manager.getUser()),
  };
}

Object.assign(globalThis, {
  library: given.library === "amplify" ? useAmplify() : useUserManager(),
  // A test does it, at the moment that it chooses.
  setup: { ...globalThis.setup, config: undefined },
});
await import("../../apps/vite/main.mjs");
