// An app with oidc-client-ts, or with react-oidc-context, and cognito-signout, both configured from one object, as apps keep it.
import { connectUserManager } from "cognito-signout/oidc-client-ts";
import {
  InMemoryWebStorage,
  UserManager,
  WebStorageStateStore,
} from "oidc-client-ts";
import { createElement, useEffect } from "react";
import { createRoot } from "react-dom/client";
import { AuthProvider, useAuth } from "react-oidc-context";

/** @import { StateStore } from "oidc-client-ts" */

const { config, given } = globalThis.setup ?? {};

/**
 * Asks an object store of IndexedDB.
 * @param {(store: IDBObjectStore) => IDBRequest} act
 * @returns {Promise<any>}
 */
async function inDatabase(act) {
  /** @param {IDBRequest} request */
  const done = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error("unknown"));
    });
  const opening = indexedDB.open("oidc");
  opening.onupgradeneeded = () => opening.result.createObjectStore("oidc");
  /** @type {IDBDatabase} */
  const database = await done(opening);
  try {
    const all = database.transaction("oidc", "readwrite").objectStore("oidc");
    return await done(act(all));
  } finally {
    database.close();
  }
}
const keysInDatabase = () => inDatabase((all) => all.getAllKeys());

/** A `StateStore` as apps write them. @implements {StateStore} */
class DatabaseStateStore {
  /** @param {string} key @param {string} value */
  async set(key, value) {
    await inDatabase((all) => all.put(value, key));
  }

  /** @param {string} key @returns {Promise<string | null>} */
  async get(key) {
    return (await inDatabase((all) => all.get(key))) ?? null;
  }

  /** @param {string} key */
  async remove(key) {
    const value = await this.get(key);
    await inDatabase((all) => all.delete(key));
    return value;
  }

  /** @returns {Promise<string[]>} */
  async getAllKeys() {
    return keysInDatabase();
  }
}

/** What `WebStorageStateStore` takes in place of a web storage. */
class DatabaseStorage {
  get length() {
    return keysInDatabase().then((keys) => keys.length);
  }

  /** @param {number} index @returns {Promise<string | null>} */
  async key(index) {
    return (await keysInDatabase())[index] ?? null;
  }

  /** @param {string} key @returns {Promise<string | null>} */
  async getItem(key) {
    return (await inDatabase((all) => all.get(key))) ?? null;
  }

  /** @param {string} key @param {string} value @returns {Promise<void>} */
  async setItem(key, value) {
    await inDatabase((all) => all.put(value, key));
  }

  /** @param {string} key @returns {Promise<void>} */
  async removeItem(key) {
    await inDatabase((all) => all.delete(key));
  }

  /** @returns {Promise<void>} */
  async clear() {
    await inDatabase((all) => all.clear());
  }
}

/** Keeps nothing as it is, so that only its own functions can read it. */
class CodedStateStore extends WebStorageStateStore {
  /** @override @param {string} key @param {string} value */
  async set(key, value) {
    await super.set(key, btoa(encodeURIComponent(value)));
  }

  /** @override @param {string} key */
  async get(key) {
    const value = await super.get(key);
    return value && decodeURIComponent(atob(value));
  }

  /** @override @param {string} key */
  async remove(key) {
    const value = await this.get(key);
    await super.remove(key);
    return value;
  }
}

/** @type {Record<string, () => Storage | InMemoryWebStorage | DatabaseStorage>} */
const STORES = {
  local: () => localStorage,
  session: () => sessionStorage,
  memory: () => new InMemoryWebStorage(),
  asynchronous: () => new DatabaseStorage(),
};
const store = STORES[given?.store]?.();
/** @type {Record<string, () => StateStore>} */
const STATE_STORES = {
  database: () => new DatabaseStateStore(),
  coded: () => new CodedStateStore({ store: localStorage }),
};
const stateStore = STATE_STORES[given?.stateStore]?.();
/** @type {import("oidc-client-ts").UserManagerSettings} */
const settings = {
  ...config,
  ...(store && {
    userStore: new WebStorageStateStore({
      store,
      ...(given.prefix && { prefix: given.prefix }),
    }),
  }),
  ...(stateStore && !given.stateOnly && { userStore: stateStore }),
  ...(stateStore && { stateStore }),
};

const manager = new UserManager(settings);
/** @type {string[]} */
const said = [];
manager.events.addUserLoaded(() => void said.push("loaded"));
manager.events.addUserUnloaded(() => void said.push("unloaded"));

Object.assign(globalThis, {
  setup: { ...globalThis.setup, config: settings },
  oidc: {
    manager,
    said,
    keysInDatabase,
    whoIsIn: async () =>
      (await manager.getUser())?.profile["cognito:username"] ?? null,
    tokens: async () => {
      const user = await manager.getUser();
      return [user?.access_token, user?.refresh_token];
    },
  },
});

/** @param {{ connects: boolean }} props */
function App({ connects }) {
  const auth = useAuth();
  useEffect(
    () => (connects ? connectUserManager(auth) : undefined),
    [connects, auth.events],
  );
  const { isLoading, isAuthenticated, user } = auth;
  const name = isAuthenticated ? user?.profile["cognito:username"] : "nobody";
  return createElement(
    "button",
    { onClick: () => void auth.signinRedirect() },
    isLoading ? "loading" : String(name),
  );
}

const forget = () => history.replaceState({}, "", "/");
if (given?.react) {
  const root = /** @type {HTMLElement} */ (document.getElementById("root"));
  const how =
    given.react === "manager" ? { userManager: manager } : { ...settings };
  createRoot(root).render(
    createElement(
      AuthProvider,
      { ...how, onSigninCallback: forget },
      createElement(App, { connects: given.react === "settings" }),
    ),
  );
} else if (location.search.includes("code=")) {
  await manager.signinCallback();
  forget();
}
if (given?.connect) connectUserManager(manager);
await import("./start.mjs");
