// A hundred cells of the fault matrix (tests/machine_faults.rs) in a real browser, against the local Cognito's switches.
//
// What each cell must come to is written by hand, from the contract's table of answers and its sign-out, step by step;
// nothing here asks the code under test. Chosen are: every answer of the corpus once, and each way for an answer to be
// missing for each operation; the storages and ways with the hosted UI come where they change what follows.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, test } from "node:test";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { Watch, noteInPage } from "../e2e/lib/watch.mjs";
import { HANGS_MS, until, Visitor, World } from "../e2e/lib/world.mjs";

/** @import { Client, Fault, NewSession } from "cognito-signout-dev" */

/**
 * @typedef {object} Spec
 * @property {Fault[]} [faults]
 * @property {import("cognito-signout").SignOutOptions} [ask]
 * @property {boolean} [leave] asks for a redirect, and notes where `navigate` was told to go
 * @property {string} [storage] see `prepare`
 * @property {Client} [client]
 * @property {Partial<NewSession>} [session]
 * @property {boolean} [offline]
 */

/**
 * What happens; how; what must come of it: the tag; for each field of an error its code; the requests in their order, by
 * the letters below, small where Cognito never saw it; where there is one the logout URL, and whether the page was
 * left for it; whether a token is still stored; what is sent when the page goes away.
 * @typedef {[name: string, spec: Spec, expected: string]} Cell
 */

/** @type {Record<string, string>} */
const LETTERS = {
  RevokeToken: "R",
  GlobalSignOut: "G",
  GetTokensFromRefreshToken: "T",
  InitiateAuth: "I",
  ForgetDevice: "D",
};

/** @type {{ json_api: any[], robustness: any[] }} */
const CORPUS = JSON.parse(
  readFileSync(inRoot("tests/fixtures/cognito-responses.json"), "utf8"),
);

/** @typedef {Omit<Fault, "operation">} Fate what becomes of a request */
/** @type {(operation: string) => (fate: Fate, times?: number) => Fault} */
const on = (operation) => (fate, times) => ({
  operation,
  ...fate,
  ...(times && { times }),
});
const revoke = on("RevokeToken");
const global = on("GlobalSignOut");
const refresh = on("GetTokensFromRefreshToken");
const forget = on("ForgetDevice");

/** @type {(type: string, message?: string) => Fate} */
const says = (type, message) => ({
  answer: { type, ...(message !== undefined && { message }) },
});
/** @type {(message: string) => Fate} */
const refuses = (message) => says("NotAuthorizedException", message);
/** A malformed or foreign answer of the corpus. @type {(row: number) => Fate} */
const odd = (row) => {
  const { status, headers, body } = CORPUS.robustness[row];
  return { answer: { status, headers, body } };
};

const THROTTLED = says("TooManyRequestsException", "Rate exceeded");
const INTERNAL = says("InternalErrorException");
const EXPIRED = refuses("Access Token has expired");
const PORTAL = odd(6);
/** @type {Fate} */
const SILENT = { silence: true };
/** @type {Fate} */
const DROPPED = { drop: true };
/** @type {Fate} */
const OK = { answer: { status: 200, body: "{}" } };
/** @type {Fate} */
const SLOW = { ...OK, slowBody: { bytes: 1, everyMs: 10_000 } };
/** @type {Fate} */
const CUT = { ...OK, cutBody: 1 };
/** @type {Fate} */
const HIDDEN = { ...OK, noCors: true };

const SOON = { timeoutMs: 500 };
const EVERYWHERE = { global: true };
const FORGET = { forgetDevice: true };
const MANUAL = /** @type {const} */ ({ hostedUI: "manual" });

/** Known to be expired by the clock: a global sign-out refreshes first. */
const STALE = { ask: EVERYWHERE, session: { accessTokenExpiresIn: -60 } };
/** @type {Spec} */
const DEVICE = {
  ask: FORGET,
  client: { devices: "always" },
  session: { rememberedDevice: true },
};
/** Signed in by the hosted UI, so that "auto" leaves for it. @type {Spec} */
const HOSTED = { session: { origin: "hostedUI" } };

/** RevokeToken: a local sign-out. @type {Cell[]} */
const REVOKE_TOKEN = [
  [
    "an empty body",
    { faults: [revoke({ answer: { status: 200, body: "" } })] },
    "complete; r",
  ],
  ["an empty object", { faults: [revoke(OK)] }, "complete; r"],
  [
    "throttled, as ever",
    { faults: [revoke(says("TooManyRequestsException", "Too many requests"))] },
    "partial; revokeToken throttled; rrr",
  ],
  ["throttled once", { faults: [revoke(THROTTLED, 1)] }, "complete; rR"],
  ["throttled twice", { faults: [revoke(THROTTLED, 2)] }, "complete; rrR"],
  [
    "no refresh token by its kind",
    { faults: [revoke(says("UnsupportedTokenTypeException"))] },
    "partial; revokeToken revocationDisabled; r",
  ],
  [
    "revocation is off",
    {
      faults: [revoke(says("UnsupportedOperationException"))],
      storage: "async",
    },
    "partial; revokeToken revocationDisabled; r",
  ],
  [
    "the operation is off",
    { faults: [revoke(says("OperationNotEnabledException"))] },
    "partial; revokeToken revocationDisabled; r",
  ],
  [
    "unauthorized",
    { faults: [revoke(says("UnauthorizedException"))] },
    "partial; revokeToken notAuthorized; r",
  ],
  [
    "an invalid parameter",
    { faults: [revoke(says("InvalidParameterException"))] },
    "partial; revokeToken service; r",
  ],
  [
    "forbidden",
    { faults: [revoke(says("ForbiddenException"))], ask: MANUAL },
    "partial; revokeToken service; r; logoutUrl",
  ],
  [
    "an internal error",
    { faults: [revoke(INTERNAL)] },
    "partial; revokeToken service; rrr",
  ],
  ["an internal error once", { faults: [revoke(INTERNAL, 1)] }, "complete; rR"],
  [
    "revoked before: what was wanted",
    { faults: [revoke(refuses("Refresh Token has been revoked"))] },
    "complete; r",
  ],
  [
    "an invalid refresh token: what was wanted",
    { faults: [revoke(refuses("Invalid Refresh Token."))] },
    "complete; r",
  ],
  [
    "an expired refresh token: what was wanted",
    { faults: [revoke(refuses("Refresh Token has expired"))] },
    "complete; r",
  ],
  [
    "refused for another reason",
    { faults: [revoke(refuses("Something else"))] },
    "partial; revokeToken notAuthorized; r",
  ],
  [
    "no such client",
    { faults: [revoke(says("ResourceNotFoundException"))] },
    "partial; revokeToken configuration; r",
  ],
  [
    "a client with a secret",
    {
      faults: [
        revoke(
          refuses(
            "Client 1abc is configured with secret but SECRET_HASH was not received",
          ),
        ),
      ],
    },
    "partial; revokeToken configuration; r",
  ],
  // The malformed and foreign answers, all of them.
  [
    "the type in the header alone",
    { faults: [revoke(odd(0))] },
    "partial; revokeToken notAuthorized; r",
  ],
  [
    "the type in the body, with a namespace",
    { faults: [revoke(odd(1))] },
    "partial; revokeToken notAuthorized; r",
  ],
  [
    "the type as a code",
    { faults: [revoke(odd(2))] },
    "partial; revokeToken notAuthorized; r",
  ],
  [
    "503 in HTML",
    { faults: [revoke(odd(3))] },
    "partial; revokeToken service; rrr",
  ],
  [
    "502, empty",
    { faults: [revoke(odd(4))] },
    "partial; revokeToken service; rrr",
  ],
  [
    "429 of something between",
    { faults: [revoke(odd(5))] },
    "partial; revokeToken throttled; rrr",
  ],
  [
    "a captive portal: no success",
    { faults: [revoke(PORTAL)] },
    "partial; revokeToken service; rrr",
  ],
  [
    "400, half an object",
    { faults: [revoke(odd(7))] },
    "partial; revokeToken service; r",
  ],
  [
    "400, null",
    { faults: [revoke(odd(8))] },
    "partial; revokeToken service; r",
  ],
  [
    "400, an array",
    { faults: [revoke(odd(9))] },
    "partial; revokeToken service; r",
  ],
  [
    "400, members of the wrong kind",
    { faults: [revoke(odd(10))] },
    "partial; revokeToken service; r",
  ],
  // No answer. A fetch that throws is sent once more without keepalive: two requests for each of three tries.
  [
    "silence",
    { faults: [revoke(SILENT)], ask: SOON },
    "partial; revokeToken timeout; r",
  ],
  [
    "silence, and no patience",
    { faults: [revoke(SILENT)], ask: { timeoutMs: 0 } },
    "partial; revokeToken unconfirmed; r",
  ],
  [
    "dropped connections",
    { faults: [revoke(DROPPED)] },
    "partial; revokeToken network; rrrrrr",
  ],
  [
    "a dropped connection after the work was done",
    { faults: [revoke({ ...DROPPED, processed: true }, 1)] },
    "complete; RR",
  ],
  [
    "a body that does not end",
    { faults: [revoke(SLOW)], ask: SOON },
    "partial; revokeToken timeout; r",
  ],
  [
    "cut bodies",
    { faults: [revoke(CUT)] },
    "partial; revokeToken network; rrr",
  ],
  ["a cut body", { faults: [revoke(CUT, 1)] }, "complete; rR"],
  [
    "answers that the browser hides",
    { faults: [revoke(HIDDEN)] },
    "partial; revokeToken network; rrrrrr",
  ],
  [
    "offline: one try",
    { offline: true },
    "partial; revokeToken network; no request",
  ],
];

/** GlobalSignOut: a global sign-out, whose RevokeToken follows, or is held back. @type {Cell[]} */
const GLOBAL_SIGN_OUT = [
  ["well", { ask: EVERYWHERE }, "complete; GR"],
  [
    "the session was revoked before",
    {
      ask: EVERYWHERE,
      faults: [global(refuses("Access Token has been revoked"))],
    },
    "partial; globalSignOut tokenRevoked; gR",
  ],
  [
    "told that the access token has expired: one refresh, one more try",
    { ask: EVERYWHERE, faults: [global(EXPIRED, 1)] },
    "complete; gTGR",
  ],
  [
    "told so of the new one too",
    { ask: EVERYWHERE, faults: [global(EXPIRED)] },
    "partial; globalSignOut tokenExpired; gTgR",
  ],
  [
    "without the scope, says Cognito itself, and leaves for the hosted UI all the same",
    { ...HOSTED, ask: EVERYWHERE, leave: true },
    "partial; globalSignOut missingScope; GR; logoutUrl; left",
  ],
  [
    "a wrong signature",
    {
      ask: EVERYWHERE,
      faults: [global(refuses("Could not verify signature for Access Token"))],
    },
    "partial; globalSignOut notAuthorized; gR",
  ],
  [
    "an invalid access token",
    { ask: EVERYWHERE, faults: [global(refuses("Invalid Access Token"))] },
    "partial; globalSignOut notAuthorized; gR",
  ],
  [
    "an invalid parameter",
    {
      ask: EVERYWHERE,
      faults: [
        global(
          says(
            "InvalidParameterException",
            "1 validation error detected: Value at 'accessToken' failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z0-9-_=.]+",
          ),
        ),
      ],
    },
    "partial; globalSignOut service; gR",
  ],
  [
    "throttled, as ever: RevokeToken is held back until the page goes",
    { ask: EVERYWHERE, faults: [global(THROTTLED)] },
    "partial; revokeToken deferred; globalSignOut throttled; ggg; later R",
  ],
  [
    "throttled once",
    { ask: EVERYWHERE, faults: [global(THROTTLED, 1)] },
    "complete; gGR",
  ],
  [
    "the user was deleted",
    {
      ask: EVERYWHERE,
      faults: [global(says("UserNotFoundException", "User does not exist."))],
    },
    "partial; globalSignOut notAuthorized; gR",
  ],
  [
    "a password to be reset",
    {
      ask: EVERYWHERE,
      faults: [global(says("PasswordResetRequiredException"))],
    },
    "partial; globalSignOut notAuthorized; gR",
  ],
  [
    "a user not confirmed",
    { ask: EVERYWHERE, faults: [global(says("UserNotConfirmedException"))] },
    "partial; globalSignOut notAuthorized; gR",
  ],
  [
    "no such client",
    { ask: EVERYWHERE, faults: [global(says("ResourceNotFoundException"))] },
    "partial; globalSignOut configuration; gR",
  ],
  [
    "forbidden",
    { ask: EVERYWHERE, faults: [global(says("ForbiddenException"))] },
    "partial; globalSignOut service; gR",
  ],
  [
    "the operation is off",
    { ask: EVERYWHERE, faults: [global(says("OperationNotEnabledException"))] },
    "partial; globalSignOut service; gR",
  ],
  [
    "an internal error",
    { ask: EVERYWHERE, faults: [global(INTERNAL)] },
    "partial; revokeToken deferred; globalSignOut service; ggg; later R",
  ],
  [
    "both fail for good",
    {
      ask: EVERYWHERE,
      faults: [
        global(says("UserNotFoundException")),
        revoke(says("ForbiddenException")),
      ],
    },
    "partial; revokeToken service; globalSignOut notAuthorized; gr",
  ],
  [
    "the type in the header alone",
    { ask: EVERYWHERE, faults: [global(odd(0))] },
    "partial; globalSignOut notAuthorized; gR",
  ],
  [
    "502, empty, from an asynchronous storage",
    { ask: EVERYWHERE, faults: [global(odd(4))], storage: "async" },
    "partial; revokeToken deferred; globalSignOut service; ggg; later R",
  ],
  [
    "a captive portal",
    { ask: EVERYWHERE, faults: [global(PORTAL)] },
    "partial; revokeToken deferred; globalSignOut service; ggg; later R",
  ],
  [
    "silence",
    { ask: { ...EVERYWHERE, ...SOON }, faults: [global(SILENT)] },
    "partial; revokeToken deferred; globalSignOut timeout; g; later R",
  ],
  [
    "dropped connections",
    { ask: EVERYWHERE, faults: [global(DROPPED)] },
    "partial; revokeToken deferred; globalSignOut network; gggggg; later R",
  ],
  [
    "a lost answer: told that the token is revoked, by the first try itself",
    { ask: EVERYWHERE, faults: [global({ ...CUT, processed: true }, 1)] },
    "partial; globalSignOut tokenRevoked, first try; GGR",
  ],
  [
    "a lost connection, likewise",
    { ask: EVERYWHERE, faults: [global({ ...DROPPED, processed: true }, 1)] },
    "partial; globalSignOut tokenRevoked, first try; GGR",
  ],
  [
    "a body that does not end",
    { ask: { ...EVERYWHERE, ...SOON }, faults: [global(SLOW)] },
    "partial; revokeToken deferred; globalSignOut timeout; g; later R",
  ],
  [
    "answers that the browser hides",
    { ask: EVERYWHERE, faults: [global(HIDDEN)] },
    "partial; revokeToken deferred; globalSignOut network; gggggg; later R",
  ],
  [
    "offline",
    { ask: EVERYWHERE, offline: true },
    "partial; revokeToken deferred; globalSignOut network; no request; later R",
  ],
];

/** The refresh of a global sign-out. @type {Cell[]} */
const REFRESH = [
  ["well", STALE, "complete; TGR"],
  [
    "with rotation: the new refresh token is revoked",
    { ...STALE, client: { rotation: { graceSeconds: 0 } } },
    "complete; TGR",
  ],
  [
    "the session was revoked before",
    { ...STALE, faults: [refresh(refuses("Refresh Token has been revoked"))] },
    "partial; globalSignOut tokenRevoked; tR",
  ],
  [
    "an invalid refresh token, of an access token told to be expired",
    {
      ask: EVERYWHERE,
      faults: [global(EXPIRED), refresh(refuses("Invalid Refresh Token."))],
    },
    "partial; globalSignOut tokenRevoked; gtR",
  ],
  [
    "a refresh token used twice",
    { ...STALE, faults: [refresh(says("RefreshTokenReuseException"))] },
    "partial; globalSignOut tokenRevoked; tR",
  ],
  [
    "an expired refresh token",
    { ...STALE, faults: [refresh(refuses("Refresh Token has expired"))] },
    "partial; globalSignOut tokenRevoked; tR",
  ],
  [
    "the user was deleted",
    {
      ...STALE,
      faults: [refresh(says("UserNotFoundException", "User does not exist."))],
    },
    "partial; globalSignOut notAuthorized; tR",
  ],
  [
    "a pool that knows REFRESH_TOKEN_AUTH alone",
    { ...STALE, faults: [refresh(says("UnsupportedOperationException"))] },
    "complete; tIGR",
  ],
  [
    "throttled",
    { ...STALE, faults: [refresh(THROTTLED)] },
    "partial; revokeToken deferred; globalSignOut throttled; ttt; later R",
  ],
  [
    "a captive portal",
    { ...STALE, faults: [refresh(PORTAL)] },
    "partial; revokeToken deferred; globalSignOut service; ttt; later R",
  ],
  [
    "silence",
    { ...STALE, ask: { ...EVERYWHERE, ...SOON }, faults: [refresh(SILENT)] },
    "partial; revokeToken deferred; globalSignOut timeout; t; later R",
  ],
  [
    "a dropped connection",
    { ...STALE, faults: [refresh(DROPPED, 1)] },
    "complete; tTGR",
  ],
  [
    "offline",
    { ...STALE, offline: true },
    "partial; revokeToken deferred; globalSignOut network; no request; later R",
  ],
];

/** ForgetDevice, before the others. @type {Cell[]} */
const FORGET_DEVICE = [
  [
    "well, and global",
    { ...DEVICE, ask: { ...FORGET, ...EVERYWHERE } },
    "complete; DGR",
  ],
  [
    "no such device",
    {
      ...DEVICE,
      faults: [
        forget(says("ResourceNotFoundException", "Device does not exist.")),
      ],
    },
    "partial; forgetDevice service; dR",
  ],
  [
    "told that the access token has expired: the refresh names the device",
    { ...DEVICE, faults: [forget(EXPIRED, 1)] },
    "complete; dTDR",
  ],
  [
    "throttled",
    { ...DEVICE, faults: [forget(THROTTLED)] },
    "partial; forgetDevice throttled; dddR",
  ],
  [
    "silence: waited for one second",
    {
      ...DEVICE,
      ask: { ...FORGET, timeoutMs: 2000 },
      faults: [forget(SILENT)],
    },
    "partial; forgetDevice timeout; dR",
  ],
  [
    "offline",
    { ...DEVICE, offline: true },
    "partial; revokeToken network; forgetDevice network; no request",
  ],
];

/** Where the tokens are, and how the page is left. @type {Cell[]} */
const STORAGES_AND_WAYS = [
  ["memory", { storage: "memory" }, "complete; R"],
  ["cookies", { storage: "cookie" }, "complete; R"],
  [
    "asynchronous, and left by hand",
    { storage: "async", ask: MANUAL },
    "complete; R; logoutUrl",
  ],
  [
    "asynchronous, and left",
    { storage: "async", leave: true },
    "complete; R; logoutUrl; left",
  ],
  [
    "removal throws, and RevokeToken is throttled",
    { storage: "local, removal throws", faults: [revoke(THROTTLED)] },
    "failed storage; revokeToken throttled; rrr; token stays",
  ],
  [
    "removal throws: all is done that is remote, and the page stays",
    { storage: "removal throws", ask: EVERYWHERE, leave: true },
    "failed storage; GR; token stays",
  ],
  [
    "removal does nothing",
    { storage: "local, removal ignored" },
    "failed storage; R; token stays",
  ],
  [
    "removal does nothing, GlobalSignOut is throttled, and the page stays",
    {
      storage: "removal ignored",
      ask: EVERYWHERE,
      leave: true,
      faults: [global(THROTTLED)],
    },
    "failed storage; revokeToken deferred; globalSignOut throttled; ggg; token stays; later R",
  ],
  [
    "reading throws: there is nothing to revoke with",
    { storage: "read throws", leave: true },
    "failed storage; no request; token stays",
  ],
  [
    "removal never settles",
    { storage: "removal never settles" },
    "failed storage; R; token stays",
  ],
  [
    "a refresh in flight writes the session back",
    { storage: "local, written back" },
    "complete; R",
  ],
  [
    "from the hosted UI, and silence: the page is left after a second",
    { ...HOSTED, leave: true, faults: [revoke(SILENT)] },
    "partial; revokeToken unconfirmed; r; logoutUrl; left",
  ],
  [
    "left, with RevokeToken held back",
    { ask: EVERYWHERE, leave: true, faults: [global(THROTTLED)] },
    "partial; revokeToken deferred; globalSignOut throttled; ggg; logoutUrl; left; later R",
  ],
  [
    "left, though offline",
    { leave: true, offline: true },
    "partial; revokeToken network; no request; logoutUrl; left",
  ],
];

/** @type {Record<string, Cell[]>} */
const CELLS = {
  RevokeToken: REVOKE_TOKEN,
  GlobalSignOut: GLOBAL_SIGN_OUT,
  refresh: REFRESH,
  ForgetDevice: FORGET_DEVICE,
  "storage and leaving": STORAGES_AND_WAYS,
};
const ALL = Object.values(CELLS).flat();

const world = new World();

/**
 * Stores the session of each cell, then lets its storage misbehave.
 * @param {object} what
 * @param {{ clientId: string, config: any, secrets: string[], tokens: any, deviceKey?: string, storage: string, ask: any, leave: boolean }[]} what.cells
 * @param {number} what.slowness how many seconds are one of the page's
 */
async function prepare({ cells, slowness }) {
  // No pause between tries: what follows what does not depend on the time.
  Math.random = () => 0;
  const [now, set] = [performance.now.bind(performance), setTimeout];
  performance.now = () => now() / slowness;
  globalThis.setTimeout = /** @type {any} */ (
    (
      /** @type {any} */ act,
      /** @type {number} */ ms,
      /** @type {any} */ value,
    ) => set(act, ms * slowness, value)
  );
  const { removeItem } = Storage.prototype;
  /** @type {Map<string, string>} */
  const patched = new Map();
  Storage.prototype.removeItem = function (/** @type {string} */ key) {
    const how = patched.get(key.split(".")[1] ?? "");
    if (how === "local, removal throws") throw new Error("no");
    if (how !== "local, removal ignored") removeItem.call(this, key);
  };
  /** @param {string} kind */
  const custom = (kind) => {
    /** @type {Map<string, string>} */
    const items = new Map();
    let armed = false;
    /** @param {string} fault */
    const is = (fault) => armed && kind === fault;
    /** @param {any} value */
    const given = (value) =>
      kind === "async" || kind.endsWith("never settles")
        ? new Promise((resolve) => setTimeout(resolve, 1, value))
        : value;
    return {
      items,
      arm: () => (armed = true),
      storage: {
        /** @param {string} key */
        getItem(key) {
          if (is("read throws")) throw new Error("no");
          return given(items.get(key) ?? null);
        },
        /**
         * @param {string} key
         * @param {string} value
         */
        setItem(key, value) {
          items.set(key, value);
          return given(undefined);
        },
        /** @param {string} key */
        removeItem(key) {
          if (is("removal throws")) throw new Error("no");
          if (is("removal never settles")) return new Promise(() => {});
          if (!is("removal ignored")) items.delete(key);
          return given(undefined);
        },
        keys: () => given([...items.keys()]),
      },
    };
  };
  globalThis.kept = await Promise.all(
    cells.map(async ({ clientId, config, tokens, storage, ...cell }) => {
      const isWeb = /^(local|session|memory|cookie)/.exec(storage)?.[0];
      const own = isWeb ? undefined : custom(storage);
      const { watch } = /** @type {any} */ (globalThis);
      watch.hear(clientId);
      const client = cs.createClient({
        ...config,
        storage: own?.storage ?? isWeb,
        logger: watch.logger,
      });
      client.onSignedOut((event) => watch.note("event", event));
      await client.storeTokens(tokens);
      const prefix = `CognitoIdentityServiceProvider.${clientId}.`;
      if (cell.deviceKey)
        localStorage[
          `${prefix}${localStorage[`${prefix}LastAuthUser`]}.deviceKey`
        ] = cell.deviceKey;
      own?.arm();
      patched.set(clientId, storage);
      return { ...cell, client, storage, prefix, items: own?.items };
    }),
  );
}

/** Signs out of all of them at once. */
async function signOutOfAll() {
  return Promise.all(
    globalThis.kept.map(
      async (
        /** @type {any} */ { client, storage, prefix, items, ask, ...cell },
      ) => {
        /** @type {string[]} */
        const left = [];
        const options = cell.leave
          ? {
              ...ask,
              ...(ask.hostedUI ? {} : { hostedUI: "redirect" }),
              navigate: (/** @type {string} */ url) => void left.push(url),
            }
          : ask;
        const before = Object.entries(localStorage).filter(([key]) =>
          key.startsWith(prefix),
        );
        const signingOut = client.signOut(options);
        // What a refresh in flight does later, but before the sign-out is over.
        if (storage === "local, written back")
          for (const [key, value] of before) localStorage.setItem(key, value);
        const result = await settled(signingOut, 40_000);
        const stored = JSON.stringify([
          { ...localStorage },
          { ...sessionStorage },
          document.cookie,
          [...(items?.values() ?? [])],
          storage === "memory" ? await client.loadTokens() : null,
        ]);
        if (result !== "pending")
          /** @type {any} */ (globalThis).watch.show(result);
        return {
          result: result === "pending" ? { status: result } : show(result),
          left: left.map((url) => url === result.logoutUrl),
          isStored: cell.secrets.some((/** @type {string} */ secret) =>
            stored.includes(secret),
          ),
        };
      },
    ),
  );
}

/** @param {string} clientId */
const calls = (clientId) =>
  world.control
    .requests({ clientId })
    .filter(({ preflight }) => !preflight)
    .map(({ operation, processed }) => {
      const letter = LETTERS[operation] ?? `(${operation})`;
      return processed ? letter : letter.toLowerCase();
    })
    .join("");

/**
 * What came of a cell, in the words of the table.
 * @param {{ result: any, left: boolean[], isStored: boolean }} seen
 * @param {string} sent
 * @param {string} later
 */
function outcome({ result, left, isStored }, sent, later) {
  const words = [[result.status, result.error?.code].filter(Boolean).join(" ")];
  for (const field of [
    "revokeToken",
    "globalSignOut",
    "forgetDevice",
    "hostedUI",
  ]) {
    const error = result[`${field}Error`]?.error;
    if (!error) continue;
    const first = /first try/.test(error.message) ? ", first try" : "";
    words.push(`${field} ${error.code}${first}`);
  }
  words.push(sent || "no request");
  if (result.logoutUrl) words.push("logoutUrl");
  words.push(...left.map((right) => (right ? "left" : "left for elsewhere")));
  if (isStored) words.push("token stays");
  if (later) words.push(`later ${later}`);
  return words.join("; ");
}

/**
 * @typedef {object} Group cells that share a page, each with a client of its own
 * @property {Cell[]} cells
 * @property {boolean} [offline]
 * @property {number} [slowness]
 */

/**
 * @param {Group} group
 * @returns {Promise<[Cell, string][]>}
 */
async function runInOnePage({ cells, offline = false, slowness = 1 }) {
  const visitors = cells.map(
    ([, { client = {} }]) =>
      new Visitor(world, {
        client,
        configure: false,
        init: noteInPage,
        path: "",
      }),
  );
  const [visitor] = visitors;
  if (!visitor) return [];
  await visitor.arrive();
  try {
    const { context, page } = visitor;
    const watch = await Watch.of(page, world.cognito.origin);
    await visitor.go("/");
    /** @type {string[]} */
    const canaries = [];
    await page.evaluate(prepare, {
      slowness,
      cells: cells.map(
        ([, { storage = "local", ask = {}, leave = false, session }], i) => {
          const { clientId, config, session: add } = visitors[i] ?? visitor;
          const tokens = add.call(visitors[i] ?? visitor, session);
          canaries.push(
            tokens.accessToken,
            tokens.idToken,
            tokens.refreshToken,
          );
          return {
            clientId,
            config,
            storage,
            // Without a bound of its own, no cell is to depend on the time.
            ask: { timeoutMs: 30_000, ...ask },
            leave,
            ...(tokens.deviceKey && { deviceKey: tokens.deviceKey }),
            tokens: {
              accessToken: tokens.accessToken,
              idToken: tokens.idToken,
              refreshToken: tokens.refreshToken,
              signInMethod: session?.origin ?? "api",
            },
            secrets: [
              tokens.accessToken,
              tokens.idToken,
              tokens.refreshToken,
              ...(tokens.deviceKey ? [tokens.deviceKey] : []),
            ],
          };
        },
      ),
    });
    cells.forEach(([, { faults = [] }], i) =>
      faults.forEach((fault) => visitors[i]?.fault(fault)),
    );
    await context.setOffline(offline);
    const seen = await page.evaluate(signOutOfAll);
    const sent = visitors.map(({ clientId }) => calls(clientId));
    leaks.push(...(await watch.leaks(page, canaries)));
    await context.setOffline(false);
    await page.goto("about:blank");
    const later = () =>
      visitors.map(({ clientId }, i) => calls(clientId).slice(sent[i]?.length));
    await until(
      () =>
        later().every(
          (now, i) => now !== "" || !cells[i]?.[2].includes("; later "),
        ),
      `what is held back goes out: ${later()}`,
    ).catch(() => {});
    return cells.map((cell, i) => [
      cell,
      outcome(seen[i], sent[i] ?? "", later()[i] ?? ""),
    ]);
  } finally {
    await visitor.leave();
  }
}

/**
 * Deals cells to pages, like to unlike ones.
 * @param {Cell[]} cells
 * @param {number} pages
 * @param {Omit<Group, "cells">} [how]
 * @returns {Group[]}
 */
const dealt = (cells, pages, how) =>
  Array.from({ length: pages }, (_, page) => ({
    ...how,
    cells: cells.filter((_, i) => i % pages === page),
  }));

/** @type {Map<Cell, string>} */
const came = new Map();
/** Where a token was seen that has no business there. @type {string[]} */
const leaks = [];

/** @param {Group[]} groups */
async function runAll(groups) {
  const next = async () => {
    for (let group = groups.shift(); group; group = groups.shift())
      for (const [cell, what] of await runInOnePage(group))
        came.set(cell, what);
  };
  await Promise.all([next(), next(), next()]);
}

before(
  async () => {
    const offline = ALL.filter(([, spec]) => spec.offline);
    const online = ALL.filter(([, spec]) => !spec.offline);
    // They have a second or less for something: their clocks go slow, so that a machine under load makes no difference.
    const timed = online.filter(
      ([, { ask, leave }]) =>
        leave ?? ask?.forgetDevice ?? ask?.timeoutMs !== undefined,
    );
    try {
      await world.open();
      // A browser holds six connections to a server: no page may have that many unanswered.
      await runAll(dealt(timed, 4, { slowness: 5 }));
      await runAll([
        ...dealt(
          online.filter((cell) => !timed.includes(cell)),
          6,
        ),
        { cells: offline, offline: true },
      ]);
    } finally {
      await world.close();
    }
  },
  { timeout: 4 * HANGS_MS },
);

test("there are a hundred cells", () => assert.equal(ALL.length, 100));

test("no token is seen in any of them but where the contract puts it", () =>
  assert.deepEqual(leaks, []));

test("no answer of the corpus is left out", () => {
  const given = ALL.flatMap(([, { faults = [] }]) => faults);
  const successes = CORPUS.json_api.filter(({ status }) => status === 200);
  assert.equal(successes.length, 3);
  for (const { op, status, type, message } of CORPUS.json_api) {
    // Cognito itself says this one.
    if (status === 200 || message?.includes("required scopes")) continue;
    assert.ok(
      given.some(
        ({ operation, answer }) =>
          operation === op &&
          answer?.type === type &&
          (message === undefined || answer?.message === message),
      ),
      `${op}: ${type}: ${message}`,
    );
  }
  for (const { status, body } of CORPUS.robustness)
    assert.ok(
      given.some(
        ({ answer }) => answer?.status === status && answer?.body === body,
      ),
      body,
    );
});

for (const [group, cells] of Object.entries(CELLS))
  describe(group, () => {
    for (const cell of cells)
      test(cell[0], () => assert.equal(came.get(cell), cell[2]));
  });
