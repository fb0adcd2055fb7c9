// A user pool, real or local, as scripts/real-pool.mjs asks it: over HTTP alone.
import { Failure } from "./run.mjs";

/** The origin of the app that a browser would name. */
const ORIGIN = "https://cognito-signout.example";
const TIMEOUT_MS = 15_000;
/** A token, or a part of one. */
const SECRET_LIKE = /[\w-]{40,}(\.[\w-]+)*/g;

/** @typedef {{ accessToken: string, refreshToken: string }} Tokens */

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {Headers} headers
 * @property {string} text the body
 * @property {any} body the same as JSON, or null
 */

/**
 * @typedef {object} PoolOptions
 * @property {string} endpoint of the JSON API
 * @property {string} clientId
 * @property {string | undefined} clientWithoutRevocation
 * @property {string | undefined} domain the origin of the hosted UI
 * @property {string | undefined} logoutUrl a registered one
 * @property {string} username
 * @property {string | undefined} password
 * @property {(clientId: string) => Promise<Tokens | undefined>} [signIn] in place of USER_PASSWORD_AUTH
 * @property {number} settleMs how long a revocation may take to be known everywhere
 */

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The type of an error, as the header or the body names it. @param {Answer} answer */
function typeOf({ headers, body }) {
  const named = headers.get("x-amzn-errortype") ?? body?.__type ?? "";
  return String(named)
    .replace(/^.*#/, "")
    .replace(/[:,].*$/, "");
}

export class PoolUnderTest {
  /** @type {Set<string>} */
  #secrets = new Set();
  /** Refresh tokens that nothing has ended. @type {Map<string, string>} with their client */
  #live = new Map();

  /** @param {PoolOptions} options */
  constructor(options) {
    this.options = options;
    if (options.password) this.#secrets.add(options.password);
  }

  /** The text without what must not be printed. @param {string} text */
  redact(text) {
    let shown = text;
    for (const secret of this.#secrets) shown = shown.replaceAll(secret, "…");
    return shown.replace(SECRET_LIKE, "…");
  }

  /** @param {string | URL} url @param {RequestInit} init @returns {Promise<Answer>} */
  async fetch(url, init) {
    const response = await fetch(url, {
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...init,
    }).catch(() => {
      throw new Failure(`${new URL(url).origin} did not answer.`);
    });
    const text = await response.text();
    const { status, headers } = response;
    return { status, headers, text, body: parse(text) };
  }

  /** A call of the JSON API, as a page makes it. @param {string} operation @param {Record<string, unknown>} input */
  call(operation, input) {
    return this.fetch(this.options.endpoint, {
      method: "POST",
      headers: {
        origin: ORIGIN,
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
      },
      body: JSON.stringify(input),
    });
  }

  /** The preflight of such a call. */
  preflight() {
    return this.fetch(this.options.endpoint, {
      method: "OPTIONS",
      headers: {
        origin: ORIGIN,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,x-amz-target",
      },
    });
  }

  /** A form sent to the hosted UI's domain, as a page sends it. @param {string} path @param {Record<string, string>} fields */
  form(path, fields) {
    return this.fetch(new URL(path, this.options.domain), {
      method: "POST",
      headers: { origin: ORIGIN },
      body: new URLSearchParams(fields),
    });
  }

  /** A navigation to the hosted UI's domain. @param {string} path @param {Record<string, string>} query */
  navigate(path, query) {
    const url = new URL(path, this.options.domain);
    url.search = String(new URLSearchParams(query));
    return this.fetch(url, {
      headers: { "sec-fetch-dest": "document", "sec-fetch-mode": "navigate" },
    });
  }

  /**
   * One more session of the user.
   * @param {string} [clientId]
   * @returns {Promise<Tokens | undefined>} undefined: there are no tokens left to begin one with
   */
  async signIn(clientId = this.options.clientId) {
    const tokens = this.options.signIn
      ? await this.options.signIn(clientId)
      : await this.#passwordSignIn(clientId);
    if (!tokens) return undefined;
    this.#secrets.add(tokens.accessToken).add(tokens.refreshToken);
    this.#live.set(tokens.refreshToken, clientId);
    return tokens;
  }

  /** @param {string} clientId @returns {Promise<Tokens>} */
  async #passwordSignIn(clientId) {
    const { username, password } = this.options;
    const answer = await this.call("InitiateAuth", {
      AuthFlow: "USER_PASSWORD_AUTH",
      ClientId: clientId,
      AuthParameters: { USERNAME: username, PASSWORD: password },
    });
    const { AuthenticationResult: result, ChallengeName } = answer.body ?? {};
    if (!result) {
      const reason = ChallengeName
        ? `the pool asks for ${ChallengeName}`
        : this.describe(answer);
      throw new Failure(
        this.redact(
          `The sign-in at app client ${clientId} failed: ${reason}. ` +
            "It needs a user without a second factor, and USER_PASSWORD_AUTH; or give tokens.",
        ),
      );
    }
    return {
      accessToken: result.AccessToken,
      refreshToken: result.RefreshToken,
    };
  }

  /** Waits until a revocation is known everywhere. */
  settle() {
    return new Promise((resolve) => setTimeout(resolve, this.options.settleMs));
  }

  /** What the server says to an access token. @param {Tokens} tokens */
  async access({ accessToken }) {
    return this.describe(
      await this.call("GetUser", { AccessToken: accessToken }),
    );
  }

  /** What the server says to a refresh token. @param {Tokens} tokens @param {string} [clientId] */
  async refresh({ refreshToken }, clientId = this.options.clientId) {
    const answer = await this.call("GetTokensFromRefreshToken", {
      ClientId: clientId,
      RefreshToken: refreshToken,
    });
    const { AccessToken, RefreshToken } =
      answer.body?.AuthenticationResult ?? {};
    if (AccessToken) this.#secrets.add(AccessToken);
    if (RefreshToken) {
      this.#secrets.add(RefreshToken);
      this.#live.set(RefreshToken, clientId);
    }
    return this.describe(answer);
  }

  /** Ends what the checks have left: a real user's sessions live for weeks. */
  async signOutAll() {
    for (const [Token, ClientId] of this.#live)
      await this.call("RevokeToken", { ClientId, Token });
    this.#live.clear();
  }

  /** An answer in a line: the status, and the type and text of an error. @param {Answer} answer */
  describe(answer) {
    const { status, body } = answer;
    if (status === 200) return "200";
    const type = typeOf(answer);
    const said = type
      ? `${type}: ${body?.message ?? body?.Message ?? "(no message)"}`
      : [body?.error, body?.error_description].filter(Boolean).join(": ");
    return this.redact(`${status} ${said}`.trim());
  }
}
