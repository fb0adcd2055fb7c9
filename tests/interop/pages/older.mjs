// An app with amazon-cognito-identity-js, or with Amplify v5, which is made of an earlier version of it.
import { Auth } from "aws-amplify-auth-v5";
import {
  AuthenticationDetails,
  CognitoUser,
  CognitoUserPool,
  CookieStorage,
} from "amazon-cognito-identity-js";

const { config, given } = globalThis.setup ?? {};

/** What an app of one's own may keep the tokens in: none of the places where they are looked for anyway. */
const own = {
  getItem: (/** @type {string} */ key) => localStorage.getItem(`own:${key}`),
  setItem: (/** @type {string} */ key, /** @type {string} */ value) =>
    localStorage.setItem(`own:${key}`, value),
  removeItem: (/** @type {string} */ key) =>
    localStorage.removeItem(`own:${key}`),
  clear: () => {},
};

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

/** @param {import("amazon-cognito-identity-js").CognitoUserSession} session */
const tokensOf = (session) => [
  session.getAccessToken().getJwtToken(),
  session.getRefreshToken().getToken(),
];

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
  identity: {
    signIn: (/** @type {string} */ Username, /** @type {string} */ Password) =>
      new Promise((resolve, reject) => {
        const user = new CognitoUser({
          Username,
          Pool,
          ...(Storage && { Storage }),
        });
        const details = new AuthenticationDetails({ Username, Password });
        user.setAuthenticationFlowType("USER_PASSWORD_AUTH");
        user.authenticateUser(details, {
          onSuccess: (session) => resolve(tokensOf(session)),
          onFailure: reject,
        });
      }),
    whoIsIn: () =>
      new Promise((resolve, reject) => {
        const user = Pool.getCurrentUser();
        if (!user) return resolve(null);
        user.getSession(
          (/** @type {Error | null} */ error, /** @type {any} */ session) =>
            error
              ? reject(error)
              : resolve(session.isValid() ? user.getUsername() : "expired"),
        );
      }),
  },
});
await import("../../apps/vite/main.mjs");
