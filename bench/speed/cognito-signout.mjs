import * as ours from "../../dist/index.js";
import { expose } from "./page.mjs";

expose({
  configure: ({ userPoolId, clientId, endpoint }) =>
    ours.configure({
      userPoolId,
      userPoolClientId: clientId,
      userPoolEndpoint: endpoint,
    }),
  signOut: (global) => ours.signOut({ global }),
  look: () => ours.loadTokens(),
  onSignedOut: ours.onSignedOut,
});

Object.assign(globalThis, {
  /**
   * Stores a session and signs it out, again and again.
   * @param {number} from
   * @param {number} to
   * @param {string} clientId
   */
  async cycle(from, to, clientId) {
    const part = (/** @type {object} */ claims) =>
      btoa(JSON.stringify(claims))
        .replace(/\+/g, "-")
        .replace(/\//g, "_")
        .replace(/=/g, "");
    for (let i = from; i < to; i++) {
      const accessToken = [
        part({ alg: "none" }),
        part({
          token_use: "access",
          client_id: clientId,
          username: "jane",
          sub: "s",
          origin_jti: `o${i}`,
          jti: `j${i}`,
          exp: 4e9,
        }),
        "c2ln",
      ].join(".");
      await ours.storeTokens({ accessToken, refreshToken: `none-${i}` });
      const { status } = await ours.signOut({ hostedUI: "none" });
      // Cognito says of the token that it is invalid, which is what was wanted.
      if (status !== "complete") throw new Error(`cycle ${i}: ${status}`);
    }
  },
});
