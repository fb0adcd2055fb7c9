// An app with amazon-cognito-identity-js, or with Amplify v5, which is made of an earlier version of it.
import { Auth } from "aws-amplify-auth-v5";
import { CognitoUserPool, CookieStorage } from "amazon-cognito-identity-js";
import { identityOf, tokensOf } from "./identity.mjs";
import { own } from "./own.mjs";

const { config, given } = globalThis.setup ?? {};

/** @type {Record<string, { theirs: () => any, ours: object }>} */
const STORAGES = {
  local: { theirs: () => undefined, ours: {} },
  custom: { theirs: () => own, ours: { storage: own } },
  cookie: {
    theirs: () => new CookieStorage({ domain: location.hostname }),
    ours: { storage: "cookie", cookie: { domain: location.hostname } },
  },
};
const storage = STORAGES[given?.storage ?? "local"];

if (config.Auth) Auth.configure(config.Auth);
else globalThis.setup = { ...setup, config: { ...config, ...storage?.ours } };

const Storage = storage?.theirs();
const Pool = new CognitoUserPool({
  UserPoolId: config.userPoolId ?? config.Auth.userPoolId,
  ClientId: config.userPoolClientId ?? config.Auth.userPoolWebClientId,
  endpoint: config.userPoolEndpoint ?? config.Auth.endpoint,
  ...(Storage && { Storage }),
});

Object.assign(globalThis, {
  v5: {
    Auth,
    signIn: async (/** @type {string} */ name, /** @type {string} */ word) => {
      await Auth.signIn(name, word);
      // It keeps what it read of the user, too.
      await Auth.currentAuthenticatedUser({ bypassCache: true });
      return tokensOf(await Auth.currentSession());
    },
    tokens: async () => tokensOf(await Auth.currentSession()),
    whoIsIn: () =>
      Auth.currentAuthenticatedUser().then(
        (user) => user.username,
        (error) => {
          if (error === "The user is not authenticated") return null;
          throw error;
        },
      ),
  },
  identity: identityOf(Pool, Storage),
});
await import("./start.mjs");
