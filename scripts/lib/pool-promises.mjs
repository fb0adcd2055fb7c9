// What the local Cognito promises to do as Amazon Cognito does. Each check gives facts, which are compared one by one.

/** @import { Answer, PoolUnderTest, Tokens } from "./pool-under-test.mjs" */

/** @typedef {Record<string, string>} Facts what was seen, under a name */

/** A check can't be made; the message says what is lacking. */
export class NotChecked extends Error {}

/**
 * @typedef {object} Promised
 * @property {string} name
 * @property {(pool: PoolUnderTest) => Promise<Facts>} look
 */

const UNREGISTERED = "https://unregistered.example/signed-out";
const ERROR_TEXTS = [
  /An error was encountered with the requested page/,
  /redirect_mismatch/,
  /Client does not exist/,
  /Required String parameter '\w+' is not present/,
];

/** @param {PoolUnderTest} pool @param {string} [clientId] @returns {Promise<Tokens>} */
async function session(pool, clientId) {
  const tokens = await pool.signIn(clientId);
  if (!tokens) throw new NotChecked("the file of tokens has no more sessions");
  return tokens;
}

/** A header's list, in one order and case. @param {Answer} answer @param {string} name */
function list({ headers }, name) {
  const items = (headers.get(name) ?? "").toLowerCase().split(",");
  return (
    items
      .map((item) => item.trim())
      .sort()
      .join(", ") || "(none)"
  );
}

/** @param {Answer} answer @param {string} name */
const header = ({ headers }, name) => headers.get(name) ?? "(none)";

/** What lets a page read an answer. @param {string} what @param {Answer} answer @returns {Facts} */
function readable(what, answer) {
  return {
    [`${what}: Access-Control-Allow-Origin`]: header(
      answer,
      "access-control-allow-origin",
    ),
    [`${what}: Access-Control-Allow-Credentials`]: header(
      answer,
      "access-control-allow-credentials",
    ),
  };
}

/** The same token with another signature. @param {string} token */
function forged(token) {
  const at = token.lastIndexOf(".") + 1;
  const first = token[at] === "A" ? "B" : "A";
  return token.slice(0, at) + first + token.slice(at + 1);
}

/** @param {PoolUnderTest} pool */
function needDomain({ options: { domain } }) {
  if (!domain) throw new NotChecked("name the hosted UI by --domain");
}

/** Where a navigation ends, on the hosted UI's domain or beyond. @param {PoolUnderTest} pool @param {Record<string, string>} query */
async function logout(pool, query) {
  let answer = await pool.navigate("/logout", query);
  const { domain = "" } = pool.options;
  for (let hops = 0; hops < 5; hops += 1) {
    const location = answer.headers.get("location");
    if (!location) break;
    const url = new URL(location, domain);
    if (url.origin !== new URL(domain).origin)
      return { left: url.href, answer };
    answer = await pool.navigate(url.pathname, {
      ...Object.fromEntries(url.searchParams),
    });
  }
  return { left: null, answer };
}

/** @param {PoolUnderTest} pool @param {Record<string, string>} query */
async function refusedLogout(pool, query) {
  const { left, answer } = await logout(pool, query);
  if (left) return `leaves the domain for ${left}`;
  const page = answer.text.replace(/&#(39|x27);|&apos;/g, "'");
  const texts = ERROR_TEXTS.flatMap((text) => page.match(text) ?? []);
  return `${answer.status}, a page that says: ${texts.join("; ") || "nothing known"}`;
}

/** @type {Promised[]} */
export const PROMISES = [
  {
    name: "Sign-in",
    async look(pool) {
      const tokens = await session(pool);
      return { "its access token": await pool.access(tokens) };
    },
  },
  {
    name: "Local sign-out",
    async look(pool) {
      const ended = await session(pool);
      const other = await session(pool);
      const { clientId } = pool.options;
      const revoke = () =>
        pool.call("RevokeToken", {
          ClientId: clientId,
          Token: ended.refreshToken,
        });
      const first = await revoke();
      await pool.settle();
      const again = await revoke();
      const byInitiateAuth = await pool.call("InitiateAuth", {
        AuthFlow: "REFRESH_TOKEN_AUTH",
        ClientId: clientId,
        AuthParameters: { REFRESH_TOKEN: ended.refreshToken },
      });
      return {
        RevokeToken: pool.describe(first),
        "RevokeToken, its body": ["", "{}"].includes(first.text)
          ? "empty"
          : "not empty",
        "RevokeToken for a revoked token": pool.describe(again),
        "the revoked session's access token": await pool.access(ended),
        "the revoked session's refresh token": await pool.refresh(ended),
        "the same by REFRESH_TOKEN_AUTH": pool.describe(byInitiateAuth),
        "another session's access token": await pool.access(other),
        "another session's refresh token": await pool.refresh(other),
      };
    },
  },
  {
    name: "Revocation refused where it is switched off",
    async look(pool) {
      const { clientWithoutRevocation: clientId, domain } = pool.options;
      if (!clientId)
        throw new NotChecked(
          "name such a client by --client-without-revocation",
        );
      const tokens = await session(pool, clientId);
      const { refreshToken } = tokens;
      const refused = await pool.call("RevokeToken", {
        ClientId: clientId,
        Token: refreshToken,
      });
      const form = { client_id: clientId, token: refreshToken };
      return {
        RevokeToken: pool.describe(refused),
        ...(domain && {
          "/oauth2/revoke": pool.describe(
            await pool.form("/oauth2/revoke", form),
          ),
        }),
        "the access token after it": await pool.access(tokens),
        "the refresh token after it": await pool.refresh(tokens, clientId),
      };
    },
  },
  {
    name: "Error texts",
    async look(pool) {
      const { clientId, username, password } = pool.options;
      const { accessToken } = await session(pool);
      /** @param {string} operation @param {Record<string, unknown>} input */
      const said = async (operation, input) =>
        pool.describe(await pool.call(operation, input));
      return {
        "GlobalSignOut with a token that is none": await said("GlobalSignOut", {
          AccessToken: "none",
        }),
        "GlobalSignOut with characters that no token has": await said(
          "GlobalSignOut",
          { AccessToken: "not a token!" },
        ),
        "GlobalSignOut with a forged signature": await said("GlobalSignOut", {
          AccessToken: forged(accessToken),
        }),
        "RevokeToken with a token that is none": await said("RevokeToken", {
          ClientId: clientId,
          Token: "none",
        }),
        "RevokeToken with an access token": await said("RevokeToken", {
          ClientId: clientId,
          Token: accessToken,
        }),
        "RevokeToken for a client that does not exist": await said(
          "RevokeToken",
          { ClientId: "nosuchclient", Token: "none" },
        ),
        "GetTokensFromRefreshToken with a token that is none": await said(
          "GetTokensFromRefreshToken",
          { ClientId: clientId, RefreshToken: "none" },
        ),
        ...(password && {
          "InitiateAuth with a wrong password": await said("InitiateAuth", {
            AuthFlow: "USER_PASSWORD_AUTH",
            ClientId: clientId,
            AuthParameters: { USERNAME: username, PASSWORD: "Wr0ng-Passw0rd!" },
          }),
        }),
      };
    },
  },
  {
    name: "CORS",
    async look(pool) {
      const tokens = await session(pool);
      const input = { AccessToken: tokens.accessToken };
      const preflight = await pool.preflight();
      const success = await pool.call("GetUser", input);
      const error = await pool.call("GetUser", { AccessToken: "none" });
      const allowed = list(preflight, "access-control-allow-headers");
      return {
        "preflight: status": String(preflight.status),
        ...readable("preflight", preflight),
        "preflight: lets a page POST": String(
          /post|\*/.test(list(preflight, "access-control-allow-methods")),
        ),
        "preflight: lets a page send X-Amz-Target": String(
          /x-amz-target|\*/.test(allowed),
        ),
        "preflight: Access-Control-Max-Age": header(
          preflight,
          "access-control-max-age",
        ),
        ...readable("success", success),
        "success: Access-Control-Expose-Headers": list(
          success,
          "access-control-expose-headers",
        ),
        ...readable("error", error),
        "error: Access-Control-Expose-Headers": list(
          error,
          "access-control-expose-headers",
        ),
        "error: x-amzn-errortype": header(error, "x-amzn-errortype"),
        "error: Content-Type": header(error, "content-type"),
      };
    },
  },
  {
    name: "Hosted UI: /logout",
    async look(pool) {
      needDomain(pool);
      const { clientId: client_id, logoutUrl } = pool.options;
      if (!logoutUrl)
        throw new NotChecked("name a registered sign-out URL by --logout-url");
      const good = { client_id, logout_uri: logoutUrl, state: "kept" };
      const { left, answer } = await logout(pool, good);
      return {
        "a registered logout_uri": left
          ? `${answer.status} to ${left}`
          : `${answer.status}, a page`,
        "an unregistered logout_uri": await refusedLogout(pool, {
          client_id,
          logout_uri: UNREGISTERED,
        }),
        "no logout_uri": await refusedLogout(pool, { client_id }),
        "post_logout_redirect_uri in its place": await refusedLogout(pool, {
          client_id,
          post_logout_redirect_uri: logoutUrl,
        }),
        "a client that does not exist": await refusedLogout(pool, {
          client_id: "nosuchclient",
          logout_uri: logoutUrl,
        }),
      };
    },
  },
  {
    name: "Hosted UI: tokens",
    async look(pool) {
      needDomain(pool);
      const { clientId: client_id } = pool.options;
      const tokens = await session(pool);
      const form = { client_id, token: tokens.refreshToken };
      const wrong = await pool.form("/oauth2/revoke", {
        client_id,
        token: tokens.accessToken,
      });
      const none = await pool.form("/oauth2/revoke", { client_id });
      const revoked = await pool.form("/oauth2/revoke", form);
      await pool.settle();
      const refused = await pool.form("/oauth2/token", {
        client_id,
        grant_type: "refresh_token",
        refresh_token: tokens.refreshToken,
      });
      return {
        "/oauth2/revoke with an access token": pool.describe(wrong),
        "/oauth2/revoke without a token": pool.describe(none),
        "/oauth2/revoke": pool.describe(revoked),
        "/oauth2/revoke for a revoked token": pool.describe(
          await pool.form("/oauth2/revoke", form),
        ),
        "the access token after it": await pool.access(tokens),
        "/oauth2/token with the revoked token": pool.describe(refused),
        ...readable("/oauth2/revoke", revoked),
        ...readable("/oauth2/revoke, refused", none),
        ...readable("/oauth2/token, refused", refused),
      };
    },
  },
  {
    // The last one: it ends every session of the user.
    name: "Global sign-out",
    async look(pool) {
      const here = await session(pool);
      const elsewhere = await session(pool);
      const input = { AccessToken: here.accessToken };
      const first = await pool.call("GlobalSignOut", input);
      await pool.settle();
      return {
        GlobalSignOut: pool.describe(first),
        "GlobalSignOut, its body": pool.redact(first.text),
        "GlobalSignOut again": pool.describe(
          await pool.call("GlobalSignOut", input),
        ),
        "this session's access token": await pool.access(here),
        "this session's refresh token": await pool.refresh(here),
        "another session's access token": await pool.access(elsewhere),
        "another session's refresh token": await pool.refresh(elsewhere),
        "RevokeToken after it": pool.describe(
          await pool.call("RevokeToken", {
            ClientId: pool.options.clientId,
            Token: here.refreshToken,
          }),
        ),
      };
    },
  },
];
