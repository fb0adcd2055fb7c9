import { html } from "../http/exchange.js";
import { errorPage } from "./pages.js";

/** @import { Pool } from "../pool/pool.js" */
/** @import { StoredClient } from "../pool/clients.js" */
/** @import { Remark } from "./pages.js" */

/** What is shown with its value. Others may hold a token, such as `id_token_hint`. */
const SHOWN = [
  "client_id",
  "logout_uri",
  "post_logout_redirect_uri",
  "redirect_uri",
  "response_type",
  "scope",
];

/** The parameters of a request, as a remark shows them. @param {URLSearchParams} query @returns {Remark["sent"]} */
export function sentParameters(query) {
  return [...query].map(([name, value]) => [
    name,
    SHOWN.includes(name) ? value : "(not shown)",
  ]);
}

/** @param {URLSearchParams} query @param {string} parameter */
export function missingParameter(query, parameter) {
  const advice =
    parameter === "redirect_uri" && query.has("post_logout_redirect_uri")
      ? "Cognito ignores post_logout_redirect_uri. /logout takes logout_uri."
      : `Send ${parameter} with a value.`;
  return html(
    errorPage(`Required String parameter '${parameter}' is not present`, {
      sent: sentParameters(query),
      advice,
    }),
    400,
  );
}

/** @param {Pool} pool @param {string} clientId */
export function unknownClient(pool, clientId) {
  return html(
    errorPage("Client does not exist.", {
      sent: [["client_id", clientId]],
      registered: {
        what: "app clients",
        values: pool.clients.list().map(({ id }) => id),
      },
    }),
    400,
  );
}

const KINDS = /** @type {const} */ ({
  logout_uri: { what: "sign-out URLs", option: "--logout-url" },
  redirect_uri: { what: "callback URLs", option: "--callback-url" },
});

/**
 * Refuses a URL that is not registered.
 * @param {StoredClient} client
 * @param {keyof typeof KINDS} parameter
 * @param {string} sent
 */
export function redirectMismatch(client, parameter, sent) {
  const isLogout = parameter === "logout_uri";
  const { what, option } = KINDS[parameter];
  const { callbackUrls, logoutUrls } = client;
  const [values, others] = isLogout
    ? [logoutUrls, callbackUrls]
    : [callbackUrls, logoutUrls];
  const otherKind = isLogout ? "a callback URL" : "a sign-out URL";
  /** @param {string} url */
  const withoutSlash = (url) => url.replace(/\/$/, "");
  const nearest = values.find(
    (url) => withoutSlash(url) === withoutSlash(sent),
  );
  const advice = nearest
    ? `Only the slash at the end differs from ${nearest}.`
    : others.includes(sent)
      ? `It is registered as ${otherKind} only.`
      : `To register it, start the local Cognito with ${option}.`;
  return html(
    errorPage("redirect_mismatch", {
      sent: [[parameter, sent]],
      registered: { what: `${what} of app client ${client.id}`, values },
      advice: `Cognito compares these URLs character by character. ${advice}`,
    }),
    400,
  );
}
