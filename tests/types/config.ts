// Each accepted shape is assignable, as a literal, as a constant, widened and as imported JSON.
import {
  configure,
  createClient,
  fromAmplify,
  fromOidcSettings,
  preload,
} from "cognito-signout";
import type {
  Client,
  Config,
  LibraryConfig,
  StorageAdapter,
} from "cognito-signout";
import outputs from "./amplify-outputs.json" with { type: "json" };

const userPoolId = "eu-west-1_AbCdEfGhI";
const userPoolClientId = "1example23456789";

// The package's own shape.
await configure({ userPoolId, userPoolClientId });
await configure({
  userPoolId,
  userPoolClientId,
  identityPoolId: "eu-west-1:00000000-0000-4000-8000-000000000000",
  userPoolEndpoint: "http://localhost:9229",
  hostedUI: {
    domain: "example.auth.eu-west-1.amazoncognito.com",
    redirectSignOut: ["https://app.example.com/", "http://localhost:5173/"],
  },
  tokenRevocation: false,
  storage: "cookie",
  cookie: { domain: "example.com", path: "/", secure: true, sameSite: "lax" },
  logger: console,
});
await configure({ userPoolId, userPoolClientId, identityPoolId: undefined });
const own = {
  userPoolId,
  userPoolClientId,
  hostedUI: { domain: "d.example.com", redirectSignOut: ["https://a.example"] },
  storage: "session",
} as const;
await configure(own);

// Storages.
const asynchronous: StorageAdapter = {
  getItem: async (key) => (await caches.match(key))?.text() ?? null,
  setItem: async (key, value) => void [key, value],
  removeItem: (key) => Promise.resolve(key.length),
  keys: async () => [],
};
await configure({ userPoolId, userPoolClientId, storage: asynchronous });
await configure({ userPoolId, userPoolClientId, storage: sessionStorage });
await configure({ userPoolId, userPoolClientId, storage: new Map2() });
declare class Map2 {
  getItem(key: string): string | undefined;
  setItem(key: string, value: string): this;
  removeItem(key: string): boolean;
}

// amplify_outputs.json
await configure(outputs);
await configure({
  version: "1.4",
  auth: {
    aws_region: "eu-west-1",
    user_pool_id: userPoolId,
    user_pool_client_id: userPoolClientId,
    mfa_methods: ["TOTP"],
  },
  data: {},
});

// Amplify v6's ResourcesConfig
await configure({
  Auth: {
    Cognito: {
      userPoolId,
      userPoolClientId,
      loginWith: {
        email: true,
        oauth: {
          domain: "example.auth.eu-west-1.amazoncognito.com",
          scopes: ["openid"],
          redirectSignIn: ["https://app.example.com/"],
          redirectSignOut: ["https://app.example.com/"],
          responseType: "code",
        },
      },
    },
  },
  API: { GraphQL: { endpoint: "https://example.com/graphql" } },
});

// aws-exports
const awsExports = {
  aws_project_region: "eu-west-1",
  aws_cognito_region: "eu-west-1",
  aws_user_pools_id: userPoolId,
  aws_user_pools_web_client_id: userPoolClientId,
  oauth: {},
  aws_cognito_username_attributes: ["EMAIL"],
  aws_appsync_graphqlEndpoint: "https://example.com/graphql",
};
await configure(awsExports);
await configure({
  aws_user_pools_id: userPoolId,
  aws_user_pools_web_client_id: userPoolClientId,
  oauth: {
    domain: "example.auth.eu-west-1.amazoncognito.com",
    redirectSignIn: "https://app.example.com/,http://localhost:5173/",
    redirectSignOut: "https://app.example.com/,http://localhost:5173/",
    responseType: "code",
  },
});

// Amplify v5 by hand
await configure({
  Auth: {
    region: "eu-west-1",
    userPoolId,
    userPoolWebClientId: userPoolClientId,
    cookieStorage: { domain: "example.com", path: "/", secure: true },
    oauth: { domain: "d.example.com", redirectSignOut: "https://a.example/" },
  },
});
await configure({
  Auth: { userPoolId, userPoolWebClientId: userPoolClientId },
  oauth: { domain: "d.example.com", redirectSignOut: "https://a.example/" },
  ssr: true,
});
await configure({
  region: "eu-west-1",
  userPoolId,
  userPoolWebClientId: userPoolClientId,
  oauth: { domain: "d.example.com", redirectSignOut: "https://a.example/" },
});
// As v5's docs showed it: a class with static methods
class StaticStorage {
  static getItem(key: string): string | undefined {
    return key;
  }
  static setItem(key: string, value: string): string {
    return key + value;
  }
  static removeItem(key: string): boolean {
    return key === "";
  }
}
await configure({
  Auth: {
    userPoolId,
    userPoolWebClientId: userPoolClientId,
    storage: StaticStorage,
    cookieStorage: { domain: "", expires: new Date() },
    oauth: {
      awsCognito: {
        domain: "d.example.com",
        redirectSignOut: "https://a.example/",
      },
    },
  },
});
await configure({ userPoolId, userPoolClientId, storage: StaticStorage });
// @ts-expect-error: v5's field name, cut short
await configure({
  Auth: { userPoolId, userPoolWebClient: userPoolClientId },
});

// The package's own settings beside any shape
await configure({ ...outputs, storage: "cookie", cookie: { path: "/app" } });
await configure({ ...awsExports, storage: "session", logger: console });
await configure({
  Auth: { Cognito: { userPoolId, userPoolClientId } },
  storage: asynchronous,
  tokenRevocation: false,
});
const badStorage = {
  Auth: { Cognito: { userPoolId, userPoolClientId } },
  storage: "sessionStorage",
};
// @ts-expect-error: not a storage
await configure(badStorage);

// oidc-client-ts, react-oidc-context
const oidcSettings = {
  authority: `https://cognito-idp.eu-west-1.amazonaws.com/${userPoolId}`,
  client_id: userPoolClientId,
  redirect_uri: "https://app.example.com/",
  response_type: "code",
  scope: "openid email",
  userStore: { get: () => null },
};
await configure(oidcSettings);
await configure({
  ...oidcSettings,
  hostedUI: { domain: "example.auth.eu-west-1.amazoncognito.com" },
  storage: "local",
});
await configure({
  authority: oidcSettings.authority,
  client_id: userPoolClientId,
  redirect_uri: "https://app.example.com/",
  post_logout_redirect_uri: "https://app.example.com/",
  scope: "openid",
  hostedUI: { domain: "d.example.com", redirectSignOut: "https://a.example/" },
});
await configure({
  authority: "https://d.example.com",
  userPoolId,
  client_id: userPoolClientId,
  redirect_uri: "https://app.example.com/",
});

// A library's configuration, by its function: the package's own settings may be spread into it.
const adopted: LibraryConfig = fromAmplify(outputs);
await configure(adopted);
await configure({ ...adopted, storage: "session", logger: false });
await configure(fromAmplify(awsExports));
await configure({
  ...fromOidcSettings(oidcSettings),
  hostedUI: { domain: "d.example.com", redirectSignOut: "https://a.example/" },
});
createClient(fromOidcSettings(oidcSettings)).dispose();
createClient(outputs).dispose();
adopted satisfies Config;
// A configuration of any shape, as a wrapper hands it on.
export const wrapper = (config: Config) => configure(config);
export const maker = (config: Config): Client => createClient(config);
// @ts-expect-error: the ids stay the library's
await configure({ ...adopted, userPoolClientId });
// @ts-expect-error: not a setting of the package
await configure({ ...adopted, storage: "sessionStorage" });
// @ts-expect-error: settings of another library
fromAmplify(oidcSettings);
// @ts-expect-error: a configuration of another library
fromOidcSettings(outputs);

// Loggers: as many of the functions as there are, or none at all.
await configure({ userPoolId, userPoolClientId, logger: false });
await configure({
  userPoolId,
  userPoolClientId,
  logger: { warn: (line) => void line.toUpperCase() },
});
// @ts-expect-error: none of a logger's functions
await configure({ userPoolId, userPoolClientId, logger: { log: () => {} } });
// @ts-expect-error: there is no default to turn on
await configure({ userPoolId, userPoolClientId, logger: true });
await configure({
  userPoolId,
  userPoolClientId,
  userPoolEndpoint: "http://cognito-local:9229",
  allowInsecureEndpoint: true,
});

// @ts-expect-error: nothing in it
await configure({});
// @ts-expect-error: a setting alone is no configuration
await configure({ storage: "session" });
// @ts-expect-error: no configuration
await configure();
// @ts-expect-error: no configuration
await configure(null);
// @ts-expect-error: no client id
await configure({ userPoolId });
// @ts-expect-error: no client id
await configure({ userPoolId, storage: "session" });
// @ts-expect-error: not a string
await configure({ userPoolId: 7, userPoolClientId });
// @ts-expect-error: misspelt
await configure({ userPoolId, userPoolClientID: "x" });
// @ts-expect-error: misspelt
await configure({ userPoolId, userPoolClientId, hostedUi: own.hostedUI });
const noRedirect = {
  userPoolId,
  userPoolClientId,
  hostedUI: { domain: "d.example.com" },
};
// @ts-expect-error: no redirect
await configure(noRedirect);
// @ts-expect-error: not a storage
await configure({ userPoolId, userPoolClientId, storage: "localStorage" });
const halfStorage = { getItem: () => null };
// @ts-expect-error: half a storage
await configure({ userPoolId, userPoolClientId, storage: halfStorage });
// @ts-expect-error: no client id in the outputs
await configure({ auth: { user_pool_id: userPoolId } });
// @ts-expect-error: no client id in the settings
await configure({ authority: oidcSettings.authority });

// One more client has all functions but those of the module.
const client: Client = createClient(own satisfies Config);
const { signOut, onSignedOut, isSigningOut } = client;
await signOut({ global: true });
onSignedOut(() => undefined)();
isSigningOut() satisfies boolean;
// @ts-expect-error: it was configured when it was made
await client.configure(own);
// @ts-expect-error: there is one module
await client.preload();
// @ts-expect-error: read-only
client.signOut = signOut;

await preload();
await preload({ fallback: true });
// @ts-expect-error: misspelt
await preload({ fallBack: true });
