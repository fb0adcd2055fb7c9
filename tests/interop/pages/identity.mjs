// What the pages with amazon-cognito-identity-js share: its own ways to sign in and to ask.
import { AuthenticationDetails, CognitoUser } from "amazon-cognito-identity-js";

/** @param {import("amazon-cognito-identity-js").CognitoUserSession} session */
export const tokensOf = (session) => [
  session.getAccessToken().getJwtToken(),
  session.getRefreshToken().getToken(),
];

/**
 * @param {import("amazon-cognito-identity-js").CognitoUserPool} Pool
 * @param {any} [Storage]
 */
export const identityOf = (Pool, Storage) => ({
  /** The current user, with the session in memory, as an app of this library keeps it. */
  current: () =>
    new Promise((resolve, reject) => {
      const user = Pool.getCurrentUser();
      if (!user) return reject(new Error("nobody is signed in"));
      user.getSession((/** @type {Error | null} */ error) =>
        error ? reject(error) : resolve(user),
      );
    }),
  signIn: (/** @type {string} */ Username, /** @type {string} */ Password) =>
    new Promise((resolve, reject) => {
      const user = new CognitoUser({
        Username,
        Pool,
        ...(Storage && { Storage }),
      });
      const details = new AuthenticationDetails({ Username, Password });
      user.setAuthenticationFlowType("USER_PASSWORD_AUTH");
      user.authenticateUser(details, {
        onSuccess: (session) => resolve(tokensOf(session)),
        onFailure: reject,
      });
    }),
  whoIsIn: () =>
    new Promise((resolve, reject) => {
      const user = Pool.getCurrentUser();
      if (!user) return resolve(null);
      user.getSession(
        (/** @type {Error | null} */ error, /** @type {any} */ session) =>
          error
            ? reject(error)
            : resolve(session.isValid() ? user.getUsername() : "expired"),
      );
    }),
});
