import { fingerprint } from "../pool/jwt.js";
import { parseObject } from "./exchange.js";

/** @import { IncomingHttpHeaders } from "node:http" */
/** @import { Exchange } from "./exchange.js" */
/** @import { Pool } from "../pool/pool.js" */
/** @typedef {{ operation: string, clientId: string | null, token: string | null }} Identity the token as its fingerprint's first 16 digits */

const TARGET = /^AWSCognitoIdentityProviderService\.(\w+)$/;

/** The operation that `X-Amz-Target` names. @param {IncomingHttpHeaders} headers */
export function targetOf(headers) {
  return TARGET.exec(String(headers["x-amz-target"]))?.[1] ?? null;
}

/** @param {Exchange} exchange */
function operationOf({ method, path, headers }) {
  if (method === "OPTIONS") return "preflight";
  if (path === "/") return targetOf(headers) ?? "unknown";
  if (path.startsWith("/oauth2/authorize/")) return "/login";
  return path.startsWith("/login/") ? "/login" : path;
}

/** @param {Exchange} exchange @returns {Record<string, unknown>} */
function fieldsOf({ method, path, url, body, headers }) {
  if (path === "/") {
    const fields = parseObject(body) ?? {};
    const { REFRESH_TOKEN } = Object(fields["AuthParameters"]);
    return REFRESH_TOKEN ? { ...fields, RefreshToken: REFRESH_TOKEN } : fields;
  }
  const query = Object.fromEntries(url.searchParams);
  const form = method === "POST" ? new URLSearchParams(body) : [];
  const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? "")?.[1];
  return {
    ...query,
    ...Object.fromEntries(form),
    ...(bearer ? { bearer } : {}),
  };
}

/** @param {...unknown} values */
function firstText(...values) {
  return values.find((value) => typeof value === "string") ?? null;
}

/**
 * What a request is, for faults and the log, before anyone answers it.
 * @param {Exchange} exchange
 * @param {Pool} pool
 * @returns {Identity}
 */
export function identify(exchange, pool) {
  const fields = fieldsOf(exchange);
  const token = firstText(
    fields["Token"],
    fields["AccessToken"],
    fields["RefreshToken"],
    fields["token"],
    fields["refresh_token"],
    fields["bearer"],
  );
  const named = firstText(fields["ClientId"], fields["client_id"]);
  const owner = token ? pool.sessions.findToken(token)?.session.clientId : null;
  return {
    operation: operationOf(exchange),
    clientId: named ?? owner ?? null,
    token: token && fingerprint(token).slice(0, 16),
  };
}
