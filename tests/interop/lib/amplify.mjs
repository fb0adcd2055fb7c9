// What the tests of Amplify v6 share: its configuration, and its own answers.
/// <reference path="./globals.d.ts" />
import { PASSWORD } from "../../e2e/lib/world.mjs";

/**
 * @import { Page } from "playwright-core"
 * @import { Visitor } from "../../e2e/lib/world.mjs"
 */

/**
 * A ResourcesConfig: what `Amplify.configure` takes.
 * @param {Visitor} visitor
 */
export const resources = ({ clientId, urls, world: { cognito } }) => ({
  Auth: {
    Cognito: {
      userPoolId: cognito.userPoolId,
      userPoolClientId: clientId,
      userPoolEndpoint: cognito.origin,
      loginWith: {
        oauth: {
          domain: new URL(cognito.httpsOrigin ?? "").host,
          scopes: ["openid", "aws.cognito.signin.user.admin"],
          redirectSignIn: urls,
          redirectSignOut: urls,
          responseType: "code",
        },
      },
    },
  },
});

/**
 * Signs in by a password, Amplify's own way.
 * @param {Visitor} visitor
 * @param {{ username?: string, page?: Page, authFlowType?: "USER_SRP_AUTH" | "USER_PASSWORD_AUTH" }} [how]
 */
export async function signIn(visitor, how = {}) {
  const {
    username = visitor.username,
    page = visitor.page,
    // Amplify's default, SRP, takes half a second of arithmetic.
    authFlowType = "USER_PASSWORD_AUTH",
  } = how;
  await page.evaluate((input) => amplify.signIn(input), {
    username,
    password: PASSWORD,
    options: { authFlowType },
  });
  return tokensOf(page);
}

/**
 * Signs in at the hosted UI, Amplify's own way.
 * @param {Visitor} visitor
 */
export async function signInWithRedirect({ page, username, origin }) {
  await page.evaluate(() => void amplify.signInWithRedirect());
  await page.fill("[name=username]", username);
  await page.fill("[name=password]", PASSWORD);
  await page.press("[name=password]", "Enter");
  await page.waitForURL((url) => url.origin === origin);
  await page.waitForFunction(
    () => globalThis.ready && hub.includes("signedIn"),
  );
  return tokensOf(page);
}

/**
 * The access and the refresh token that Amplify holds.
 * @param {Page} page
 */
export const tokensOf = (page) =>
  page.evaluate(async () => {
    const { authTokenStore } = amplify.cognitoUserPoolsTokenProvider;
    const stored = await authTokenStore.loadTokens();
    return [stored?.accessToken.toString(), stored?.refreshToken];
  });

/**
 * Who is signed in, as Amplify says by both of its ways: null for nobody.
 * @param {Page} page
 */
export const whoIsIn = (page) =>
  page.evaluate(async () => {
    const { tokens } = await amplify.fetchAuthSession();
    try {
      const { username } = await amplify.getCurrentUser();
      return tokens ? username : "a user without tokens";
    } catch (error) {
      const { name } = /** @type {Error} */ (error);
      if (name !== "UserUnAuthenticatedException") throw error;
      return tokens ? "tokens without a user" : null;
    }
  });

/**
 * Lets Amplify refresh, and holds the request back before or after the server has seen it.
 * @param {Visitor} visitor
 * @param {"before" | "after"} when
 * @returns {Promise<{ release: () => void, outcome: Promise<string> }>} lets it go; and what comes of it
 */
export async function holdRefresh({ page, world }, when) {
  let release = () => {};
  const released = new Promise((resolve) => (release = () => resolve(null)));
  const held = new Promise((resolve) => {
    void page.route(`${world.cognito.origin}/`, async (route) => {
      const target = await route.request().headerValue("x-amz-target");
      if (!target?.endsWith("GetTokensFromRefreshToken"))
        return route.continue();
      const response = when === "after" ? await route.fetch() : undefined;
      resolve(null);
      await released;
      return response ? route.fulfill({ response }) : route.continue();
    });
  });
  const outcome = page.evaluate(async () => {
    const { tokens } = await amplify.fetchAuthSession({ forceRefresh: true });
    return tokens ? "refreshed" : "signed out";
  });
  await held;
  return { release, outcome };
}
