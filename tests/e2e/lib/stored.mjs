// Sessions as Amplify stores them: what the tests put there without the package.

/** @import { NewTokens } from "cognito-signout-dev" */
/** @import { Visitor } from "./visitor.mjs" */

/** What an app hands over. @param {NewTokens} tokens */
export const plain = ({ accessToken, idToken, refreshToken }) => ({
  accessToken,
  idToken,
  refreshToken,
});

/** @param {Visitor} jane */
export const prefixOf = (jane) =>
  `CognitoIdentityServiceProvider.${jane.clientId}.`;

/** The entries of a session. @param {Visitor} jane @param {NewTokens} tokens */
export const entriesOf = (jane, tokens) => ({
  [`${prefixOf(jane)}LastAuthUser`]: "jane",
  ...Object.fromEntries(
    Object.entries(plain(tokens)).map(([name, token]) => [
      `${prefixOf(jane)}jane.${name}`,
      token,
    ]),
  ),
});

/**
 * Stores a session, and more entries.
 * @param {Visitor} jane
 * @param {NewTokens} tokens
 * @param {{ more?: Record<string, string>, where?: "localStorage" | "sessionStorage" }} [options]
 */
export const put = (jane, tokens, { more = {}, where = "localStorage" } = {}) =>
  jane.page.evaluate(
    ({ where, entries }) => {
      for (const [key, value] of Object.entries(entries))
        globalThis[where].setItem(key, value);
    },
    { where, entries: { ...entriesOf(jane, tokens), ...more } },
  );
