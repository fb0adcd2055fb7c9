/** @import { Exchange } from "../http/exchange.js" */

/** The value of the `cognito` cookie. @param {Exchange} exchange */
export function sessionCookie({ headers }) {
  return /(?:^|;\s*)cognito=([^;]*)/.exec(headers.cookie ?? "")?.[1];
}

/** The header that makes the browser forget it. */
export const CLEAR_COOKIE =
  "cognito=; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT; samesite=lax; httponly";

/**
 * Cognito's domain is another site than the app's, so its SameSite=Lax cookie only goes with a top-level navigation. Ports of
 * localhost are one site: here the cookie has to be taken off what a frame or a fetch asks for.
 * @param {Exchange} exchange
 * @returns {Exchange}
 */
export function asCrossSite(exchange) {
  const target = exchange.headers["sec-fetch-dest"];
  if (target === undefined || target === "document") return exchange;
  const { cookie: _, ...headers } = exchange.headers;
  return { ...exchange, headers };
}
