// What the face itself reads of a configuration, in whatever shape it is. It reads no more than the engine does (src/config): where
// an address is unusual, it goes nowhere (tests/fixtures/configurations.json).
import { OIDC } from "../keys.js";

/**
 * A field by its path; `null` is the same as missing.
 * @param {any} config
 * @param {string} path
 * @returns {any}
 */
function at(config, path) {
  let value = config;
  for (const name of path.split(".")) value = value?.[name] ?? undefined;
  return value;
}

/**
 * Where a shape keeps what we need: the pool, the client, the identity pool, the hosted UI, its redirects.
 * @typedef {[pool: string, client: string, identityPool: string, oauth: string, redirects: string]} Shape
 */

/** @param {string} root @param {string} client @returns {Shape} */
const v5 = (root, client = "userPoolWebClientId") => [
  `${root}userPoolId`,
  root + client,
  `${root}identityPoolId`,
  `${root}oauth`,
  "redirectSignOut",
];
/** @type {Shape} */
const OWN = [
  "userPoolId",
  "userPoolClientId",
  "identityPoolId",
  "hostedUI",
  "redirectSignOut",
];
/** @type {Shape} */
const OIDC_CLIENT = [
  "authority",
  "client_id",
  "identityPoolId",
  "hostedUI",
  "redirectSignOut",
];
/** @type {Shape} */
const RESOURCES = [
  "Auth.Cognito.userPoolId",
  "Auth.Cognito.userPoolClientId",
  "Auth.Cognito.identityPoolId",
  "Auth.Cognito.loginWith.oauth",
  "redirectSignOut",
];
/** @type {Shape} */
const OUTPUTS = [
  "auth.user_pool_id",
  "auth.user_pool_client_id",
  "auth.identity_pool_id",
  "auth.oauth",
  "redirect_sign_out_uri",
];
/** @type {Shape} */
const EXPORTS = [
  "aws_user_pools_id",
  "aws_user_pools_web_client_id",
  "aws_cognito_identity_pool_id",
  "oauth",
  "redirectSignOut",
];
const V5 = v5("Auth.");
const V5_BARE = v5("");

/** The shape, told as the engine tells it (src/config/shape.rs). @param {any} config */
function shapeOf(config) {
  const has = (/** @type {string} */ path) => at(config, path) !== undefined;
  if (has("authority") || has("client_id")) return OIDC_CLIENT;
  const exports = has("aws_user_pools_id") || has("aws_project_region");
  if (has("Auth")) {
    if (has("Auth.Cognito")) return RESOURCES;
    if (!exports || (has(V5[0]) && has(V5[1]))) return V5;
  }
  if (exports) return EXPORTS;
  if (has("auth") || has("version")) return OUTPUTS;
  return has(V5_BARE[1]) ? V5_BARE : OWN;
}

/** The client id. @param {any} config @returns {string | undefined} */
export function clientIdOf(config) {
  try {
    const id = at(config, shapeOf(config)[1]);
    return /^[\w+]{1,128}$/.test(id) ? id : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Where the tokens are: one of our own words, or a storage.
 * @param {any} config
 */
export function storageOf(config) {
  try {
    const { storage, Auth, userStore } = config;
    const shape = shapeOf(config);
    if (typeof storage === "string" || storage?.getItem) return storage;
    const custom = Auth?.Cognito?.storage ?? Auth?.storage;
    if (cookieStorageOf(config)) return custom ?? "cookie";
    return (
      custom ??
      userStore?._store ??
      userStore ??
      (shape === OIDC_CLIENT ? "session" : "local")
    );
  } catch {
    return undefined;
  }
}

/** @param {any} config */
const cookieStorageOf = (config) =>
  at(config, "Auth.cookieStorage") ??
  (shapeOf(config) === OWN ? undefined : at(config, "cookieStorage"));

/** The domain and the path of the cookies. @param {any} config */
export function cookieOf(config) {
  const { domain, path } = config.cookie ?? cookieStorageOf(config) ?? {};
  const attribute = (/** @type {any} */ text) =>
    /^[!-:<-~]+$/.test(text ?? "") ? text : undefined;
  return { domain: attribute(domain), path: attribute(path) ?? "/" };
}

/** The identity pool, whose guest identity goes too. @param {any} config */
export const identityPoolOf = (config) =>
  config.identityPoolId ?? at(config, shapeOf(config)[2]);

/** What the key of oidc-client-ts's user begins with; its store has the prefix to itself. @param {any} config */
export const oidcUserOf = (config) =>
  `${config.userStore?._prefix ?? OIDC}user:`;

/** @param {any} object @param {string[]} names */
const only = (object, names) =>
  Object.keys(object).every((name) => names.includes(name));

// A host and its port: https everywhere, http on this machine. No userinfo, and nothing that a browser would repair.
const LOOPBACK = String.raw`(?:(?:[a-z\d-]+\.)*localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?`;
const SAFE = String.raw`(?:https:\/\/[a-z\d-]+(?:\.[a-z\d-]+)+(?::\d+)?|https?:\/\/${LOOPBACK})`;
const isEndpoint = new RegExp(String.raw`^${SAFE}(?:\/[\w.~-]+)*\/?$`, "i");
const isOrigin = new RegExp(String.raw`^${SAFE}\/?$`, "i");
const isRedirect = new RegExp(
  String.raw`^${SAFE}(?:[/?][\w.~!$&'()*+;=:@%/?-]*)?$`,
  "i",
);
export const isLoopback = new RegExp(`^${LOOPBACK}$`, "i");

/**
 * The hosted UI and its redirects, where a browser may be sent there.
 * @param {any} config
 * @returns {{ origin: string, redirects: string[] } | undefined}
 */
export function hostedUIOf(config) {
  const shape = shapeOf(config);
  const ours = at(config, "hostedUI");
  const oauth = ours ?? at(config, shape[3]) ?? at(config, "oauth");
  const isV5 = shape === V5 || shape === V5_BARE || shape === EXPORTS;
  const given = ours
    ? (oauth.redirectSignOut ??
      (shape === OIDC_CLIENT && config.post_logout_redirect_uri))
    : oauth?.[shape[4]];
  const { domain } = oauth ?? {};
  if (
    typeof domain !== "string" ||
    oauth.awsCognito ||
    (ours
      ? !only(ours, ["domain", "redirectSignOut"])
      : oauth !== at(config, shape[3]) && !isV5) ||
    // Which of the two counts is the engine's to say.
    (isV5 && at(config, "oauth") && at(config, "Auth.oauth"))
  )
    return undefined;
  const url = domain.includes("//") ? domain : `https://${domain}`;
  /** @type {string[]} */
  const redirects = Array.isArray(given)
    ? given
    : String(given || "")
        .split(",")
        .map((text) => text.trim())
        .filter(Boolean);
  return isOrigin.test(url) && redirects.every((text) => isRedirect.test(text))
    ? { origin: new URL(url).origin, redirects }
    : undefined;
}

/** Amazon's own endpoint of a pool. @param {unknown} pool */
function originOf(pool) {
  const [, region, zone] =
    /^(?=.{3,55}$)(([a-z]+)-[a-z\d-]*)_[a-z\d-]+$/i.exec(String(pool)) ?? [];
  const domain = { cn: "com.cn", eusc: "eu" }[zone ?? ""] ?? "com";
  return region && `https://cognito-idp.${region}.amazonaws.${domain}`;
}

/** Where Cognito is; it throws where that is nowhere to send a token to. @param {any} config @returns {string} */
export function endpointOf(config) {
  const shape = shapeOf(config);
  const pool = at(config, shape[0]);
  const given = [
    "userPoolEndpoint",
    "Auth.Cognito.userPoolEndpoint",
    "endpoint",
    "Auth.endpoint",
  ]
    .map((path) => at(config, path))
    .filter((url) => url !== undefined);
  let usual = originOf(pool);
  if (shape === OIDC_CLIENT) {
    const [, origin = "", id] = /^(.*)\/([^/]+)\/?$/.exec(pool) ?? [];
    const own = originOf(id);
    const isKnown =
      own &&
      [undefined, id].includes(at(config, "userPoolId")) &&
      (origin === own || new RegExp(`^https?://${LOOPBACK}$`).test(origin));
    usual = isKnown ? origin : undefined;
  }
  if (
    !usual ||
    !clientIdOf(config) ||
    !given.every((url) => isEndpoint.test(url)) ||
    (shape === OWN && !only(config, OWN_FIELDS))
  )
    throw new Error();
  return given[0] ?? `${usual}/`;
}

const OWN_FIELDS = [
  "userPoolId",
  "userPoolClientId",
  "identityPoolId",
  "userPoolEndpoint",
  "hostedUI",
  "tokenRevocation",
  "storage",
  "cookie",
  "logger",
];
