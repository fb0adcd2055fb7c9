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
 * @property {(session: Session, settings: Settings) => Record<string, string>} [entries] how it stores a session in
 *   localStorage; Amplify's layout if left out
 * @property {() => unknown} [signedIn] what an app of this library does after the sign-in, as far as the sign-out needs it
 * @property {(global: boolean) => Promise<unknown>} signOut
 * @property {() => unknown} [look] reads the session
 * @property {(listener: () => void) => unknown} [onSignedOut] tells of another tab's sign-out
 */

/** @typedef {{ username: string, accessToken: string, idToken: string, refreshToken: string }} Session */

/**
 * @typedef {object} Run all times in milliseconds after the call
 * @property {boolean} atReturn no token was left when the call returned
 * @property {number | null} gone when the last token went; null: one is still there
 * @property {number | null} settled null: not within the bound
 * @property {string} said how it settled
 * @property {number} calledAt by the clock that all tabs share
 */

const TOKENS = /** @type {const} */ ([
  "accessToken",
  "idToken",
  "refreshToken",
]);

/** @type {NonNullable<Library["entries"]>} */
function inAmplifysLayout(session, { clientId }) {
  const prefix = `CognitoIdentityServiceProvider.${clientId}`;
  const user = `${prefix}.${session.username}`;
  return {
    [`${prefix}.LastAuthUser`]: session.username,
    ...Object.fromEntries(
      TOKENS.map((name) => [`${user}.${name}`, session[name]]),
    ),
    [`${user}.clockDrift`]: "0",
  };
}

/** @param {Library} library */
export function expose(library) {
  /** @type {Settings} */
  let settings;
  let removedAt = 0;
  /** The keys that hold a token of the session. @type {string[]} */
  let held = [];
  const { removeItem } = Storage.prototype;
  Storage.prototype.removeItem = function (/** @type {string} */ key) {
    removeItem.call(this, key);
    if (held.includes(key)) removedAt = performance.now();
  };
  const isGone = () => held.every((key) => localStorage.getItem(key) === null);

  Object.assign(globalThis, {
    bench: {
      toldAt: 0,

      /** @param {Settings} given */
      async configure(given) {
        settings = given;
        await library.configure(given);
        await library.onSignedOut?.(() => {
          this.toldAt = performance.timeOrigin + performance.now();
        });
      },

      /** @param {number} count of keys that belong to others */
      fill(count) {
        localStorage.clear();
        for (let i = 0; i < count; i++)
          localStorage.setItem(`someone.else.${i}`, "x".repeat(100));
      },

      /** @param {Session} session */
      async store(session) {
        const entries = (library.entries ?? inAmplifysLayout)(
          session,
          settings,
        );
        for (const [key, value] of Object.entries(entries))
          localStorage.setItem(key, value);
        held = Object.keys(entries).filter((key) =>
          TOKENS.some((name) => entries[key]?.includes(session[name])),
        );
        await library.signedIn?.();
      },

      /** Reads the session that another tab has stored. */
      look: () => library.look?.(),

      /**
       * @param {{ session: Session, global: boolean, bound: number, isStored?: boolean }} what
       * @returns {Promise<Run>}
       */
      async signOut({ session, global, bound, isStored }) {
        if (!isStored) await this.store(session);
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
          calledAt: performance.timeOrigin + start,
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
