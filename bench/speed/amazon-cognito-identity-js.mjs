import { CognitoUserPool } from "amazon-cognito-identity-js";
import { expose } from "./page.mjs";

/** @type {CognitoUserPool} */
let pool;
/** @type {import("amazon-cognito-identity-js").CognitoUser} */
let user;

expose({
  configure: ({ userPoolId, clientId, endpoint }) => {
    pool = new CognitoUserPool({
      UserPoolId: userPoolId,
      ClientId: clientId,
      endpoint,
    });
  },
  signedIn: () =>
    new Promise((resolve, reject) => {
      const current = pool.getCurrentUser();
      if (!current) throw new Error("no user");
      user = current;
      user.getSession((/** @type {unknown} */ error) =>
        error ? reject(error) : resolve(undefined),
      );
    }),
  signOut: (global) =>
    new Promise((resolve, reject) => {
      if (global) user.globalSignOut({ onSuccess: resolve, onFailure: reject });
      else {
        // Without a callback it revokes nothing. Its types don't know of the error.
        const done = (/** @type {unknown} */ error) =>
          error ? reject(error) : resolve(undefined);
        user.signOut(/** @type {() => void} */ (done));
      }
    }),
});
