import { SCOPES } from "../pool/clients.js";
import { errorPage } from "./pages.js";
import { sentParameters } from "./refusal.js";

/** @import { Provider } from "oidc-provider" */
/** @import { Pool } from "../pool/pool.js" */
/** @import { Storage } from "./storage.js" */

const HOUR = 3600;

/** oidc-provider warns of Node 20 when it is loaded, although all that is used here works there. */
async function load() {
  const { warn } = console;
  console.warn = () => {};
  try {
    return await import("oidc-provider");
  } finally {
    console.warn = warn;
  }
}

/**
 * oidc-provider, set up as Cognito's hosted UI: it checks the authorization request, keeps the cookie, makes the code and
 * redeems it. The tokens themselves are the pool's.
 * @param {Pool} pool
 * @param {Storage} storage
 */
export async function createProvider(pool, storage) {
  const { Provider, interactionPolicy } = await load();
  // Cognito asks for no consent.
  const policy = interactionPolicy.base();
  policy.remove("consent");
  const provider = new Provider(pool.issuer, {
    adapter: /** @type {any} */ (
      (/** @type {string} */ model) => storage.adapter(model)
    ),
    jwks: { keys: [/** @type {any} */ (pool.signer.privateJwk)] },
    routes: { authorization: "/oauth2/authorize", token: "/oauth2/token" },
    scopes: SCOPES,
    responseTypes: ["code"],
    clientAuthMethods: ["none"],
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
    },
    pkce: { required: () => false },
    cookies: { names: { session: "cognito" } },
    ttl: {
      AccessToken: HOUR,
      AuthorizationCode: 300,
      Grant: HOUR,
      IdToken: HOUR,
      Interaction: HOUR,
      Session: HOUR,
    },
    interactions: {
      policy,
      url: (_, interaction) => `/login/${interaction.uid}`,
    },
    findAccount: (_, accountId) =>
      pool.users.get(accountId) && {
        accountId,
        claims: () => ({ sub: accountId }),
      },
    loadExistingGrant: async (ctx) => {
      const { client, session, params } = ctx.oidc;
      const grant = new ctx.oidc.provider.Grant({
        clientId: String(client?.clientId),
        accountId: String(session?.accountId),
      });
      grant.addOIDCScope(String(params?.["scope"]));
      await grant.save();
      return grant;
    },
    renderError: (ctx, out) => {
      ctx.type = "html";
      ctx.body = errorPage(out.error_description ?? out.error, {
        sent: sentParameters(ctx.URL.searchParams),
      });
    },
  });

  provider.use(async (ctx, next) => {
    await next();
    const code = ctx.oidc?.entities.AuthorizationCode;
    if (ctx.oidc?.route === "token" && ctx.status === 200 && code)
      ctx.body = redeem(pool, code);
  });
  return provider;
}

/**
 * The tokens of the session that a code starts.
 * @param {Pool} pool
 * @param {InstanceType<Provider["AuthorizationCode"]>} code
 */
function redeem(pool, code) {
  const client = pool.client(String(code.clientId));
  const user = pool.users.get(String(code.accountId));
  if (!user) return { error: "invalid_grant" };
  const { session, refreshToken } = pool.sessions.open({
    user,
    client,
    origin: "hostedUI",
    scopes: [...code.scopes],
    authTime: Number(code.authTime),
    nonce: code.nonce,
  });
  const issued = pool.sessions.issueTokens(session, user, client);
  return {
    ...(session.scopes.includes("openid") ? { id_token: issued.idToken } : {}),
    access_token: issued.accessToken,
    refresh_token: refreshToken,
    expires_in: issued.expiresIn,
    token_type: "Bearer",
  };
}
