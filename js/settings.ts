// What the face itself reads of a configuration, in whatever shape it is: whose keys are meant, and where they lie. Read as the engine
// reads it (src/config); tests/fixtures/configurations.json holds both to it.
import { OIDC } from "./keys.js";
import { of } from "./options.js";

/** Whose sessions are meant, and where they are. */
export interface Settings {
  readonly pool: string;
  /** Empty where it is not usable. */
  readonly clientId: string;
  readonly identityPool: unknown;
  /** Where the tokens are: one of our own words, or the app's own object. */
  readonly storage: unknown;
  readonly cookie: Readonly<
    Record<"domain" | "path" | "secure" | "sameSite", unknown>
  >;
  /** What may stand for the pool in a key of oidc-client-ts, without a trailing slash. */
  readonly authorities: readonly string[];
  /** What oidc-client-ts puts in front of the user's key. */
  readonly oidcPrefix: string;
  readonly hasHostedUI: boolean;
}

/** Where a shape has the pool, the client, the identity pool and the hosted UI. */
type Shape = readonly [
  pool: string,
  client: string,
  identity: string,
  ui: string,
];

const OWN: Shape = [
  "userPoolId",
  "userPoolClientId",
  "identityPoolId",
  "hostedUI",
];
const OIDC_CLIENT: Shape = ["authority", "client_id", OWN[2], OWN[3]];
const V5_CLIENT = "userPoolWebClientId";
const EXPORTS: Shape = [
  "aws_user_pools_id",
  "aws_user_pools_web_client_id",
  "aws_cognito_identity_pool_id",
  "oauth",
];

/** A field by its path; `null` is the same as missing. */
const at = (config: unknown, path: string): unknown =>
  path.split(".").reduce((value, name) => of(value, name) ?? undefined, config);

/** The shape, told as the engine tells it (src/config/shape.rs). */
function shapeOf(has: (path: string) => boolean): Shape {
  const under = (root: string, client: string, ui: string): Shape => [
    `${root}${OWN[0]}`,
    root + client,
    root + OWN[2],
    root + ui,
  ];
  if (has(OIDC_CLIENT[0]) || has(OIDC_CLIENT[1])) return OIDC_CLIENT;
  const exports = has(EXPORTS[0]) || has("aws_project_region");
  if (has("Auth")) {
    if (has("Auth.Cognito"))
      return under("Auth.Cognito.", OWN[1], "loginWith.oauth");
    const v5 = under("Auth.", V5_CLIENT, "oauth");
    if (!exports || (has(v5[0]) && has(v5[1]))) return v5;
  }
  if (exports) return EXPORTS;
  if (has("auth") || has("version"))
    return [
      "auth.user_pool_id",
      "auth.user_pool_client_id",
      "auth.identity_pool_id",
      "auth.oauth",
    ];
  return has(V5_CLIENT) ? under("", V5_CLIENT, "oauth") : OWN;
}

/** Cognito's issuer of a pool. */
function issuerOf(pool: string): string {
  const [, region = "", zone = ""] =
    /^(?=.{3,55}$)(([a-z\d]*)[a-z\d-]*)_[a-z\d-]+$/i.exec(pool) ?? [];
  const domain = ({ cn: "com.cn", eusc: "eu" } as Record<string, string>)[zone];
  return (
    region &&
    `https://cognito-idp.${region}.amazonaws.${domain ?? "com"}/${pool}`
  );
}

/** A text, empty where there is none. */
export const text = (value: unknown) =>
  typeof value === "string" ? value : "";

/** An address without its trailing slash. */
export const bare = (url: unknown) => `${url as string}`.replace(/\/$/, "");

export function settingsOf(config: unknown): Settings {
  const get = (path: string) => at(config, path);
  const shape = shapeOf((path) => get(path) !== undefined);
  const isOidc = shape === OIDC_CLIENT;
  const authority = bare(text(isOidc && get(shape[0])));
  const pool = text(
    isOidc
      ? (get(OWN[0]) ?? /[^/]+_[^/]+$/.exec(authority)?.[0])
      : get(shape[0]),
  );
  const cookies = [get("cookieStorage"), get("Auth.cookieStorage")].filter(
    (given) => typeof given === "object",
  );
  const own = get("storage");
  const userStore = isOidc ? get("userStore") : undefined;
  const domain = text(
    get(`${OWN[3]}.domain`) ??
      get("oauth.awsCognito.domain") ??
      get(`${shape[3]}.domain`) ??
      get("oauth.domain"),
  );
  return {
    pool,
    clientId: /^[\w+]{1,128}$/.exec(text(get(shape[1])))?.[0] ?? "",
    identityPool: get(OWN[2]) ?? get(shape[2]),
    storage:
      own && (typeof own === "string" || of(own, "getItem"))
        ? own
        : userStore
          ? isWebStore(userStore)
            ? of(userStore, "_store")
            : userStore
          : (get("Auth.storage") ??
            get("Auth.Cognito.storage") ??
            (cookies.length ? "cookie" : isOidc ? "session" : "local")),
    cookie: (get("cookie") ?? cookies.pop() ?? {}) as Settings["cookie"],
    authorities: [
      authority,
      issuerOf(pool),
      domain && bare(domain.includes("//") ? domain : `https://${domain}`),
    ],
    oidcPrefix: userStore
      ? isWebStore(userStore)
        ? text(of(userStore, "_prefix"))
        : ""
      : OIDC,
    hasHostedUI: !!domain,
  };
}

/** Whether it is oidc-client-ts's own store over a storage: a class derived from it, or functions of its own, may do anything with it. */
const isWebStore = (store: unknown) =>
  typeof of(store, "_prefix") === "string" &&
  !!of(of(store, "_store"), "getItem") &&
  ["get", "set", "remove"].every(
    (method) => of(store, method) === at(store, `__proto__.${method}`),
  ) &&
  !at(store, "__proto__.__proto__.get");
