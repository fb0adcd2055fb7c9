import { UserManager, WebStorageStateStore } from "oidc-client-ts";
import { expose } from "./page.mjs";

/** @type {UserManager} */
let manager;

expose({
  configure: ({ clientId, endpoint }) => {
    manager = new UserManager({
      authority: endpoint,
      client_id: clientId,
      redirect_uri: location.origin,
      metadata: { revocation_endpoint: `${endpoint}/oauth2/revoke` },
      userStore: new WebStorageStateStore({ store: localStorage }),
      automaticSilentRenew: false,
    });
  },
  entries: (session, { clientId, endpoint }) => ({
    [`oidc.user:${endpoint}:${clientId}`]: JSON.stringify({
      access_token: session.accessToken,
      id_token: session.idToken,
      refresh_token: session.refreshToken,
      token_type: "Bearer",
      scope: "openid",
      profile: { sub: session.username },
      expires_at: Math.floor(Date.now() / 1000) + 3600,
    }),
  }),
  // Its own sign-out is a redirect; this is what an app does that revokes and stays.
  signOut: async () => {
    await manager.revokeTokens(["refresh_token"]);
    await manager.removeUser();
  },
});
