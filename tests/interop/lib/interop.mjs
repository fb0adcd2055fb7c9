// What every file of these tests stands on: the world of the end-to-end tests, with a page in which a real library signs in.
/// <reference path="./globals.d.ts" />
import assert from "node:assert/strict";
import { after } from "node:test";
import { PASSWORD, ready, until, useWorld } from "../../e2e/lib/world.mjs";
import { bundled } from "./bundle.mjs";

/**
 * @import { Page } from "playwright-core"
 * @import { Visitor } from "../../e2e/lib/world.mjs"
 */

/**
 * Serves one page to the tests of a file; the local Cognito speaks https too, which Amplify's hosted UI insists on.
 * @param {string} page a file of tests/interop/pages, without its ending
 * @param {"production" | "development"} [mode] which build of the libraries
 */
export function useInterop(page, mode = "production") {
  /** @type {(() => Promise<void>)[]} */
  const ends = [];
  const world = useWorld({
    https: true,
    app: async () => {
      const { app, remove } = await bundled(page, mode);
      ends.push(remove);
      return app;
    },
  });
  after(async () => {
    for (const end of ends) await end();
  });
  return world;
}

/**
 * The names of all that the origin keeps, our own records apart: `local:<key>`, `session:<key>`, `cookie:<name>`.
 * @param {Page} page
 */
export async function namesLeft(page) {
  const stored = await page.evaluate(() => [
    ...Object.keys(localStorage).map((key) => `local:${key}`),
    ...Object.keys(sessionStorage).map((key) => `session:${key}`),
  ]);
  // The hosted UI's own cookie is of the same host, and hidden from scripts.
  const cookies = (await page.context().cookies(page.url())).filter(
    ({ httpOnly }) => !httpOnly,
  );
  return [...stored, ...cookies.map(({ name }) => `cookie:${name}`)]
    .filter((name) => !/^(local|session):cognito-signout\./.test(name))
    .sort();
}

/**
 * What became of the sessions of the visitor's app client, oldest first; the hosted UI's cookie is not among them.
 * @param {Visitor} visitor
 */
export const endsOf = ({ control, clientId }) =>
  control.sessions({ clientId }).map(({ revoked }) => revoked);

/**
 * Every session of the visitor's app client has ended at the server, and none of these tokens is taken any more.
 * @param {Visitor} visitor
 * @param {(string | undefined)[]} tokens
 */
export async function assertAllEnded(visitor, tokens) {
  const ended = () => endsOf(visitor).every((end) => end !== false);
  // A request that left with the page may arrive after it.
  await until(ended, "the sessions end at the server");
  assert.notEqual(endsOf(visitor).length, 0);
  for (const token of tokens) {
    assert.ok(token);
    assert.equal(visitor.control.isTokenValid(token), false);
  }
}

/**
 * Signs out with a redirect, and waits for the page that comes back; gives what `takeSignOutResult` says there.
 * @param {Visitor} visitor
 * @param {import("cognito-signout").SignOutOptions} [options]
 */
export async function leaveAndReturn({ page }, options) {
  await page.evaluate((options) => {
    globalThis.kept = "the page before";
    void cs.signOut(options);
  }, options);
  await page.waitForFunction(() => globalThis.ready && !globalThis.kept);
  return page.evaluate(async () => show(await cs.takeSignOutResult()));
}

/**
 * All that the page's storages and cookies hold, the tokens and our own records apart: a refresh leaves it as it is.
 * @param {Page} page
 */
export const besideTokens = (page) =>
  page.evaluate(() => {
    const cookies = document.cookie.split("; ").map((text) => {
      const at = text.indexOf("=");
      return [text.slice(0, at), text.slice(at + 1)];
    });
    const entries = [localStorage, sessionStorage]
      .flatMap((storage) => Object.entries(storage))
      .concat(/** @type {[string, string][]} */ (cookies));
    return entries
      .filter(
        ([name]) =>
          !/(access|id|refresh)Token$/.test(name) &&
          !name.startsWith("cognito-signout."),
      )
      .sort();
  });

/**
 * Signs in on the hosted UI's page, and waits until the app is back.
 * @param {Visitor} visitor
 */
export async function enterPassword({ page, username, origin }) {
  await page.fill("[name=username]", username);
  await page.fill("[name=password]", PASSWORD);
  await page.press("[name=password]", "Enter");
  await page.waitForURL((url) => url.origin === origin);
  await ready(page);
}

/**
 * What Amplify v5's `Amplify.configure` takes.
 * @param {Visitor} visitor
 */
export const amplifyV5 = ({ clientId, urls, world: { cognito } }) => ({
  Auth: {
    region: "us-east-1",
    userPoolId: cognito.userPoolId,
    userPoolWebClientId: clientId,
    endpoint: cognito.origin,
    authenticationFlowType: "USER_PASSWORD_AUTH",
    oauth: {
      domain: new URL(cognito.httpsOrigin ?? "").host,
      scope: ["openid", "aws.cognito.signin.user.admin"],
      redirectSignIn: urls[0],
      redirectSignOut: urls[0],
      responseType: "code",
    },
  },
});

/**
 * Settings of oidc-client-ts as AWS's quick start for React has them, and the hosted UI's domain.
 * @param {Visitor} visitor
 */
export const oidcSettings = ({ clientId, origin, world: { cognito } }) => ({
  authority: cognito.issuer,
  client_id: clientId,
  redirect_uri: `${origin}/`,
  response_type: "code",
  scope: "openid aws.cognito.signin.user.admin",
  hostedUI: { domain: cognito.origin },
  post_logout_redirect_uri: `${origin}/signed-out`,
});
