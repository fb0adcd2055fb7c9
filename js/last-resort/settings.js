// What the face itself reads of a configuration, in whatever shape it is.

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

/** The domain and the redirects of the hosted UI. @param {any} config */
export const hostedUIOf = (config) =>
  config.hostedUI ??
  config.auth?.oauth ??
  config.Auth?.Cognito?.loginWith?.oauth ??
  config.Auth?.oauth ??
  config.oauth;

/** Where Cognito is, for whatever shape the configuration has. @param {any} config */
export function endpointOf(config) {
  const amplify = config.Auth?.Cognito;
  const given = config.userPoolEndpoint ?? amplify?.userPoolEndpoint;
  if (given) {
    const { href, protocol, hostname } = new URL(given);
    if (
      protocol !== "https:" &&
      !/^(localhost|127\..*|\[::1\])$/.test(hostname)
    )
      throw new Error("userPoolEndpoint must be https");
    return href;
  }
  /** @type {string} */
  const pool =
    config.userPoolId ??
    config.auth?.user_pool_id ??
    amplify?.userPoolId ??
    config.aws_user_pools_id ??
    config.Auth?.userPoolId ??
    config.authority?.split("/").pop();
  const region = pool.split("_")[0] ?? "";
  if (!/^[a-z0-9-]+$/.test(region)) throw new Error("no region");
  const zone = region.startsWith("cn-")
    ? "com.cn"
    : region.startsWith("eusc-")
      ? "eu"
      : "com";
  return `https://cognito-idp.${region}.amazonaws.${zone}/`;
}
