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

const { config, given } = globalThis.setup ?? {};

/** @type {Record<string, () => Storage | InMemoryWebStorage>} */
const STORES = {
  local: () => localStorage,
  session: () => sessionStorage,
  memory: () => new InMemoryWebStorage(),
};
const store = STORES[given?.store]?.();
/** @type {import("oidc-client-ts").UserManagerSettings} */
const settings = {
  ...config,
  ...(store && {
    userStore: new WebStorageStateStore({
      store,
      ...(given.prefix && { prefix: given.prefix }),
    }),
  }),
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
await import("../../apps/vite/main.mjs");
