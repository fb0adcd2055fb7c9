// An app with Amplify v6 and cognito-signout, both configured from one object, as apps keep it.
import { Authenticator } from "@aws-amplify/ui-react";
import { Amplify } from "aws-amplify";
import * as auth from "aws-amplify/auth";
import { cognitoUserPoolsTokenProvider } from "aws-amplify/auth/cognito";
import "aws-amplify/auth/enable-oauth-listener";
import * as utils from "aws-amplify/utils";
import { connectAmplify } from "cognito-signout/amplify";
import { createElement } from "react";
import { createRoot } from "react-dom/client";
import { own } from "./own.mjs";

/** @type {string[]} */
const hub = [];
/** @param {any} capsule */
const note = ({ crossTab, payload: { event } }) =>
  void hub.push(crossTab ? `other:${event}` : event);
utils.Hub.listen("auth", note, { enableCrossTabEvents: true });

Object.assign(globalThis, {
  amplify: {
    Amplify,
    cognitoUserPoolsTokenProvider,
    connectAmplify,
    ...auth,
    ...utils,
  },
  hub,
});

/** Something else may run meanwhile. */
const turn = () => new Promise((resolve) => setTimeout(resolve));

// Amplify's interface has promises; it takes what gives none as well.
/** @type {Record<string, () => any>} */
const STORAGES = {
  session: () => utils.sessionStorage,
  cookie: () => new utils.CookieStorage(),
  sync: () => own,
  async: () => ({
    getItem: async (/** @type {string} */ key) => {
      await turn();
      return own.getItem(key);
    },
    setItem: async (/** @type {string} */ key, /** @type {string} */ value) => {
      await turn();
      own.setItem(key, value);
    },
    removeItem: async (/** @type {string} */ key) => {
      await turn();
      own.removeItem(key);
    },
    clear: async () => {},
  }),
};

const { config, given } = globalThis.setup ?? {};
Amplify.configure(config);
const storage = STORAGES[given?.storage]?.();
if (storage) {
  cognitoUserPoolsTokenProvider.setKeyValueStorage(storage);
  globalThis.setup = {
    ...globalThis.setup,
    config: {
      ...config,
      storage: given.storage === "cookie" ? "cookie" : storage,
    },
  };
}
if (given?.connect) connectAmplify();
if (given?.ui) {
  const root = /** @type {HTMLElement} */ (document.getElementById("root"));
  /** @param {{ user?: auth.AuthUser }} auth */
  const children = ({ user }) =>
    createElement("p", { id: "user" }, user?.username);
  createRoot(root).render(createElement(Authenticator, { children }));
}
await import("./start.mjs");
