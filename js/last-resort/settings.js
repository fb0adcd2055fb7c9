// What the face itself reads of a configuration, in whatever shape it is.
import { OIDC } from "../../.build/keys.js";

/** The client id, in whatever shape the configuration has. @param {any} config @returns {string | undefined} */
export function clientIdOf(config) {
  try {
    return (
      config.userPoolClientId ??
      config.auth?.user_pool_client_id ??
      config.Auth?.Cognito?.userPoolClientId ??
      config.aws_user_pools_web_client_id ??
      config.Auth?.userPoolWebClientId ??
      config.userPoolWebClientId ??
      config.client_id
    );
  } catch {
    return undefined;
  }
}

/**
 * Where the tokens are, in whatever shape the configuration has: one of our own words, or a storage.
 * @param {any} config
 */
export function storageOf(config) {
  try {
    const { storage, Auth, cookieStorage, userStore, authority } = config;
    if (typeof storage === "string" || storage?.getItem) return storage;
    if (cookieStorage || Auth?.cookieStorage) return "cookie";
    return (
      Auth?.storage ?? userStore?._store ?? (authority ? "session" : "local")
    );
  } catch {
    return undefined;
  }
}

/** The identity pool, whose guest identity goes too. @param {any} config */
export const identityPoolOf = (config) =>
  config.identityPoolId ??
  config.auth?.identity_pool_id ??
  config.Auth?.Cognito?.identityPoolId ??
  config.Auth?.identityPoolId ??
  config.aws_cognito_identity_pool_id;

/** What the key of oidc-client-ts's user begins with; its store has the prefix to itself. @param {any} config */
export const oidcUserOf = (config) =>
  `${config.userStore?._prefix ?? OIDC}user:`;

/** The domain and the redirects of the hosted UI. @param {any} config */
export const hostedUIOf = (config) =>
  config.hostedUI ??
  config.auth?.oauth ??
  config.Auth?.Cognito?.loginWith?.oauth ??
  config.Auth?.oauth ??
  config.oauth;

/** Where Cognito is; it throws where that is nowhere to send a token to. @param {any} config */
export function endpointOf(config) {
  const amplify = config.Auth?.Cognito;
  /** @type {string} */
  const pool =
    config.userPoolId ??
    config.auth?.user_pool_id ??
    amplify?.userPoolId ??
    config.aws_user_pools_id ??
    config.Auth?.userPoolId ??
    config.authority?.split("/").pop();
  const [region, zone] = /^([a-z]*)[a-z0-9-]*(?=_)/.exec(pool) ?? [];
  const { href, protocol, hostname } = new URL(
    config.userPoolEndpoint ??
      amplify?.userPoolEndpoint ??
      `https://cognito-idp.${region}.amazonaws.${zone === "cn" ? "com.cn" : zone === "eusc" ? "eu" : "com"}`,
  );
  if (
    (protocol !== "https:" &&
      !/^(localhost|127\..*|\[::1\])$/.test(hostname)) ||
    !region
  )
    throw new Error();
  return href;
}
