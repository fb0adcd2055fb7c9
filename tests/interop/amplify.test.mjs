// Amplify v6 signs in, by its own API; cognito-signout signs out.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { HANGS_MS, PASSWORD } from "../e2e/lib/world.mjs";
import { assertAllEnded, namesLeft, useInterop } from "./lib/interop.mjs";

/** @import { Visitor } from "../e2e/lib/world.mjs" */

/** The shapes in which people keep Amplify's configuration. @satisfies {Record<string, (visitor: Visitor) => unknown>} */
const CONFIGS = {
  "a ResourcesConfig": ({ clientId, world: { cognito } }) => ({
    Auth: {
      Cognito: {
        userPoolId: cognito.userPoolId,
        userPoolClientId: clientId,
        userPoolEndpoint: cognito.origin,
      },
    },
  }),
  "amplify_outputs.json": ({ clientId, world: { cognito } }) => ({
    version: "1.4",
    auth: {
      aws_region: "us-east-1",
      user_pool_id: cognito.userPoolId,
      user_pool_client_id: clientId,
    },
  }),
};

describe("Amplify v6", { concurrency: 2, timeout: HANGS_MS * 4 }, () => {
  const world = useInterop("amplify");

  for (const [name, config] of Object.entries(CONFIGS)) {
    for (const global of [false, true]) {
      test(`configured by ${name}, global: ${global}`, async (t) => {
        const jane = await world.visitor(t, { config });
        const tokens = await signIn(jane);
        assert.notDeepEqual(await namesLeft(jane.page), []);

        const result = await jane.signOut({ global });
        assert.equal(result.status, "complete");
        assert.deepEqual(await namesLeft(jane.page), []);
        assert.equal(await nobody(jane), true);
        await jane.go("/");
        assert.equal(await nobody(jane), true);
        await assertAllEnded(jane, tokens);
        await signIn(jane);
        assert.equal(await nobody(jane), false);
      });
    }
  }
});

/**
 * Signs in by a password, Amplify's own way.
 * @param {Visitor} visitor
 * @returns {Promise<(string | undefined)[]>} the access and the refresh token
 */
const signIn = ({ page, username }) =>
  page.evaluate(
    async ({ username, password }) => {
      await amplify.signIn({ username, password });
      const { tokens } = await amplify.fetchAuthSession();
      const store = amplify.cognitoUserPoolsTokenProvider.authTokenStore;
      const stored = await store.loadTokens();
      return [tokens?.accessToken.toString(), stored?.refreshToken];
    },
    { username, password: PASSWORD },
  );

/**
 * Whether nobody is signed in, as Amplify says.
 * @param {Visitor} visitor
 */
const nobody = ({ page }) =>
  page.evaluate(async () => {
    const user = await amplify.getCurrentUser().catch(({ name }) => name);
    const { tokens } = await amplify.fetchAuthSession();
    return user === "UserUnAuthenticatedException" && tokens === undefined;
  });
