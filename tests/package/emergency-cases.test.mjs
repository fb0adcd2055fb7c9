// Every case of tests/fixtures/layouts.json and configurations.json through the emergency: the published entry, whose chunk is not there, in a page
// that is made here. tests/fixtures/README.md says what a case is; Rust runs the same ones through the engine.
import assert from "node:assert/strict";
import { copyFile, mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { distDir, inRoot, workDir } from "../../scripts/lib/paths.mjs";

/** @typedef {{ domain?: string, path?: string, partitioned?: boolean }} CookieAttributes */
/** @typedef {[name: string, value: string, attributes?: CookieAttributes]} Cookie */
/**
 * @typedef {object} Stores
 * @property {Record<string, string>} [local]
 * @property {Record<string, string>} [session]
 * @property {Record<string, string>} [custom]
 * @property {Cookie[]} [cookie]
 */

const PREFIX = "CognitoIdentityServiceProvider.";

/** @param {string} name */
const cases = async (name) =>
  JSON.parse(await readFile(inRoot("tests/fixtures", `${name}.json`), "utf8"));

/** @type {any} */
const layouts = await cases("layouts");
/** @type {any} */
const configurations = await cases("configurations");

/** A web storage: its entries are its own properties, as in a browser. */
class WebStorage {
  /** @param {Record<string, string>} [entries] */
  constructor(entries) {
    Object.assign(this, entries);
  }
  /** @returns {Record<string, string>} */
  get entries() {
    return { .../** @type {any} */ (this) };
  }
  /** @param {string} key */
  getItem(key) {
    return this.entries[key] ?? null;
  }
  /** @param {string} key @param {string} value */
  setItem(key, value) {
    Object.assign(this, { [key]: value });
  }
  /** @param {string} key */
  removeItem(key) {
    delete (/** @type {any} */ (this)[key]);
  }
}

/** The cookies of a page, by RFC 6265 section 5.3 as far as the cases need it. */
class Jar {
  /** @type {{ name: string, value: string, domain: string, path: string, partitioned: boolean }[]} */
  cookies;

  /** @param {Cookie[]} cookies */
  constructor(cookies) {
    this.cookies = cookies.map(([name, value, attributes]) => ({
      ...{ name, value, domain: "", path: "/", partitioned: false },
      ...attributes,
    }));
  }

  get cookie() {
    return this.cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  }

  set cookie(text) {
    const [pair = "", ...attributes] = text.split("; ");
    const at = pair.indexOf("=");
    const { hostname, pathname } = location;
    const made = {
      name: pair.slice(0, at),
      value: pair.slice(at + 1),
      domain: "",
      path: pathname.slice(0, pathname.lastIndexOf("/")) || "/",
      partitioned: attributes.includes("partitioned"),
    };
    for (const attribute of attributes) {
      const [name, value = ""] = attribute.split("=");
      if (name === "domain") made.domain = value.replace(/^\./, "");
      if (name === "path" && value.startsWith("/")) made.path = value;
    }
    const { domain } = made;
    const isSeen =
      !domain ||
      hostname === domain ||
      (hostname.endsWith(`.${domain}`) && domain.includes("."));
    if (!isSeen) return;
    const index = this.cookies.findIndex(
      (old) =>
        old.name === made.name &&
        old.domain === domain &&
        old.path === made.path &&
        old.partitioned === made.partitioned,
    );
    if (attributes.includes("max-age=0")) {
      if (index >= 0) this.cookies.splice(index, 1);
    } else if (index >= 0) this.cookies.splice(index, 1, made);
    else this.cookies.push(made);
  }
}

/**
 * The app's own storage in a configuration.
 * @param {"$custom" | "$listing" | "$stateStore"} kind
 * @param {Map<string, string>} entries
 */
function ownStorage(kind, entries) {
  if (kind === "$stateStore")
    return {
      get: async (/** @type {string} */ key) => entries.get(key) ?? null,
      set: async (/** @type {string} */ key, /** @type {string} */ value) =>
        void entries.set(key, value),
      remove: async (/** @type {string} */ key) => {
        const value = entries.get(key) ?? null;
        entries.delete(key);
        return value;
      },
      getAllKeys: async () => [...entries.keys()],
    };
  return {
    getItem: (/** @type {string} */ key) => entries.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) =>
      void entries.set(key, value),
    removeItem: (/** @type {string} */ key) => void entries.delete(key),
    ...(kind === "$listing" && { keys: () => [...entries.keys()] }),
  };
}

/**
 * A configuration with its objects in place of the words for them.
 * @param {any} given
 * @param {Map<string, string>} entries
 * @returns {any}
 */
function made(given, entries) {
  if (Array.isArray(given)) return given.map((item) => made(item, entries));
  if (typeof given !== "object" || given === null) return given;
  if (given.$function) return () => {};
  const { $custom, $listing, $stateStore, ...fields } = given;
  const kind =
    ($custom && "$custom") ||
    ($listing && "$listing") ||
    ($stateStore && "$stateStore");
  /** @type {Record<string, unknown>} */
  const functions = {
    ...ownStorage("$stateStore", entries),
    ...ownStorage("$listing", entries),
  };
  const own = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      (value?.$function && functions[name]) ?? made(value, entries),
    ]),
  );
  return kind
    ? // Its functions are of a class, unless the case has them of its own.
      Object.assign(Object.create(ownStorage(kind, entries)), own)
    : own;
}

/** @type {any} */
let face;

before(async () => {
  const folder = join(workDir, "emergency-cases");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  // Without the chunk beside it.
  await copyFile(join(distDir, "index.js"), join(folder, "index.mjs"));
  face = await import(pathToFileURL(join(folder, "index.mjs")).href);
});

/**
 * Signs out in a page with these stores.
 * @param {any} config
 * @param {Stores} stores
 * @param {string} page
 * @param {object} options
 */
async function signOutIn(config, stores, page, options) {
  const custom = new Map(Object.entries(stores.custom ?? {}));
  const jar = new Jar(stores.cookie ?? []);
  const globals = {
    location: new URL(page),
    document: jar,
    localStorage: new WebStorage(stores.local),
    sessionStorage: new WebStorage(stores.session),
  };
  for (const [name, value] of Object.entries(globals))
    Object.defineProperty(globalThis, name, { value, configurable: true });
  const client = face.createClient(made(config, custom));
  const result = await client.signOut({ timeoutMs: 60_000, ...options });
  client.dispose();
  return {
    result,
    left: {
      local: globals.localStorage.entries,
      session: globals.sessionStorage.entries,
      custom: Object.fromEntries(custom),
    },
    jar,
  };
}

/** @param {string} text */
const decoded = (text) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

describe("layouts", () => {
  for (const each of layouts.cases)
    test(each.name, async () => {
      const { expect, stores, forgetDevice = false } = each;
      const { result, left, jar } = await signOutIn(
        each.config ?? layouts.config,
        stores,
        each.page ?? layouts.page,
        { forgetDevice },
      );
      for (const [store, entries] of Object.entries(left)) {
        assert.deepEqual(
          Object.keys(entries).sort(),
          [...(expect.left[store] ?? [])].sort(),
          store,
        );
        for (const [key, value] of Object.entries(entries))
          assert.equal(
            value,
            expect.written?.[store]?.[key] ?? stores[store][key],
            key,
          );
      }
      assert.deepEqual(
        jar.cookies.map(({ name }) => name).sort(),
        [...(expect.left.cookie ?? [])].sort(),
        "cookie",
      );
      for (const [name, value] of Object.entries(expect.written?.cookie ?? {}))
        assert.equal(
          decoded(
            jar.cookies.find((cookie) => decoded(cookie.name) === name)
              ?.value ?? "",
          ),
          value,
        );
      assert.equal(result.signedOutLocally, true);
      assert.equal(result.wasSignedIn, expect.wasSignedIn);
      const { refreshToken, others = [] } = result.revokeTokenError ?? {};
      assert.deepEqual(
        [refreshToken, ...others].filter(Boolean),
        expect.refreshTokens ?? [],
      );
      assert.equal(
        result.forgetDeviceError !== undefined,
        !!(forgetDevice && expect.wasSignedIn),
      );
    });
});

describe("configurations", () => {
  for (const each of configurations.cases.filter(
    (/** @type {any} */ { expect }) => !expect.error,
  ))
    test(each.name, async () => {
      const { clientId, storage, identityPoolId, hostedUI } = each.expect;
      const {
        oidcPrefix = "oidc.",
        cookie = {},
        tokenRevocation,
      } = each.expect;
      const session = {
        [`${PREFIX}${clientId}.LastAuthUser`]: "jane",
        [`${PREFIX}${clientId}.jane.refreshToken`]: "refresh",
        [`${PREFIX}${clientId}.jane.accessToken`]: "access",
        [`${PREFIX}${clientId}.jane.oauthMetadata`]: '{"oauthSignIn":true}',
        [`${PREFIX}stranger.jane.refreshToken`]: "another's",
        ...(identityPoolId && {
          [`com.amplify.Cognito.${identityPoolId}.identityId`]: "guest",
        }),
        ...Object.fromEntries(
          (each.expect.authorities ?? []).map((/** @type {string} */ url) => [
            `${oidcPrefix}user:${url}:${clientId}`,
            '{"refresh_token":"oidc"}',
          ]),
        ),
      };
      const isCustom = storage === "custom" || storage === "stateStore";
      const host = (cookie.domain ?? ".app.example.com").replace(/^\./, "");
      const page = `https://${host}${cookie.path ?? "/"}`;
      /** @type {Stores} */
      const stores =
        storage === "cookie"
          ? {
              cookie: Object.entries(session).map(([name, value]) => [
                encodeURIComponent(name),
                encodeURIComponent(value),
                {
                  domain: (cookie.domain ?? "").replace(/^\./, ""),
                  path: cookie.path ?? "/",
                },
              ]),
            }
          : storage === "memory"
            ? {}
            : { [isCustom ? "custom" : storage]: session };
      const { result, left, jar } = await signOutIn(
        each.config,
        stores,
        page,
        {},
      );
      assert.equal(result.signedOutLocally, true);
      assert.equal(result.wasSignedIn, storage !== "memory");
      const keys = [
        ...Object.values(left).flatMap(Object.keys),
        ...jar.cookies.map(({ name }) => decodeURIComponent(name)),
      ];
      // What no tab lists and no user leads to is not found, nor need it be: another client's stays in any case.
      assert.deepEqual(
        keys,
        storage === "memory" ? [] : [`${PREFIX}stranger.jane.refreshToken`],
      );
      assert.equal(
        result.revokeTokenError !== undefined,
        storage !== "memory" && tokenRevocation !== false,
      );
      assert.equal(
        result.hostedUIError !== undefined,
        storage !== "memory" && hostedUI !== undefined,
      );
    });

  for (const each of configurations.cases.filter(
    (/** @type {any} */ { expect }) => expect.error,
  ))
    test(`refused: ${each.name}`, async () => {
      const other = { [`${PREFIX}stranger.jane.refreshToken`]: "another's" };
      const { result, left } = await signOutIn(
        each.config,
        { local: other },
        "https://app.example.com/",
        {},
      );
      assert.ok(["complete", "failed"].includes(result.status));
      assert.deepEqual(left.local, other);
    });
});
