// What each page of the benchmark does: one library, signed in and out again and again.

/**
 * @typedef {object} Settings
 * @property {string} userPoolId
 * @property {string} clientId
 * @property {string} endpoint
 */

/**
 * @typedef {object} Library
 * @property {(settings: Settings) => unknown} configure
 * @property {() => unknown} [signedIn] what an app of this library does after the sign-in, as far as the sign-out needs it
 * @property {(global: boolean) => Promise<unknown>} signOut
 */

/** @typedef {{ username: string, accessToken: string, idToken: string, refreshToken: string }} Session */

/**
 * @typedef {object} Run all times in milliseconds after the call
 * @property {boolean} atReturn no token was left when the call returned
 * @property {number | null} gone when the last token went; null: one is still there
 * @property {number | null} settled null: not within the bound
 * @property {string} said how it settled
 */

const TOKENS = /** @type {const} */ ([
  "accessToken",
  "idToken",
  "refreshToken",
]);

/** @param {Library} library */
export function expose(library) {
  /** @type {Settings} */
  let settings;
  let removedAt = 0;
  /** @param {string} key */
  const isToken = (key) => TOKENS.some((name) => key.endsWith(`.${name}`));
  const { removeItem } = Storage.prototype;
  Storage.prototype.removeItem = function (/** @type {string} */ key) {
    removeItem.call(this, key);
    // aws-amplify calls it with undefined.
    if (isToken(String(key))) removedAt = performance.now();
  };
  /** @param {string} username */
  const keys = (username) => {
    const prefix = `CognitoIdentityServiceProvider.${settings.clientId}`;
    return { last: `${prefix}.LastAuthUser`, user: `${prefix}.${username}` };
  };
  const isGone = () => !Object.keys(localStorage).some(isToken);

  Object.assign(globalThis, {
    bench: {
      /** @param {Settings} given */
      async configure(given) {
        settings = given;
        await library.configure(given);
      },

      /**
       * @param {{ session: Session, global: boolean, bound: number }} what
       * @returns {Promise<Run>}
       */
      async signOut({ session, global, bound }) {
        // All of them share Amplify's layout.
        const { last, user } = keys(session.username);
        localStorage.setItem(last, session.username);
        for (const name of TOKENS)
          localStorage.setItem(`${user}.${name}`, session[name]);
        localStorage.setItem(`${user}.clockDrift`, "0");
        await library.signedIn?.();
        const start = performance.now();
        const promise = library.signOut(global);
        const atReturn = isGone();
        const [settled, said] = await Promise.race([
          promise.then(
            (result) => [performance.now() - start, statusOf(result)],
            () => [performance.now() - start, "rejects"],
          ),
          new Promise((resolve) => setTimeout(resolve, bound, [null, "never"])),
        ]);
        // Some remove the tokens after they have settled.
        await new Promise((resolve) => setTimeout(resolve, 20));
        return {
          atReturn,
          gone: isGone() ? removedAt - start : null,
          settled,
          said,
        };
      },

      /**
       * The bare requests of a sign-out, one after the other.
       * @param {{ session: Session, global: boolean, keepalive: boolean }} what
       */
      async fetches({ session, global, keepalive }) {
        const start = performance.now();
        if (global)
          await post(
            "GlobalSignOut",
            { AccessToken: session.accessToken },
            keepalive,
          );
        await post(
          "RevokeToken",
          { Token: session.refreshToken, ClientId: settings.clientId },
          keepalive,
        );
        return performance.now() - start;
      },
    },
  });

  /**
   * @param {string} operation
   * @param {object} body
   * @param {boolean} keepalive
   */
  async function post(operation, body, keepalive) {
    const answer = await fetch(`${settings.endpoint}/`, {
      method: "POST",
      keepalive,
      credentials: "omit",
      headers: {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": `AWSCognitoIdentityProviderService.${operation}`,
      },
      body: JSON.stringify(body),
    });
    await answer.text();
    if (!answer.ok) throw new Error(`${operation}: HTTP ${answer.status}`);
  }
}

/** @param {any} result */
const statusOf = (result) => result?.status ?? "resolves";
