// What the examples with Amplify are configured by.

/**
 * A ResourcesConfig for an app client of the local Cognito.
 * @param {import("../../e2e/lib/world.mjs").World} world
 * @param {string} userPoolClientId
 */
export const resources = ({ cognito }, userPoolClientId) => ({
  Auth: {
    Cognito: {
      userPoolId: cognito.userPoolId,
      userPoolClientId,
      userPoolEndpoint: cognito.origin,
    },
  },
});

/** Amplify warns of each endpoint that is not AWS's own. @param {string} text */
export const isOfEndpoint = (text) => /custom .* endpoint/.test(text);
