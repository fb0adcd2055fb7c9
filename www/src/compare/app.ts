// The small app in each window of the comparison. aws-amplify signs in and refreshes in both; only the sign-out differs.
import "./apart.js"; // before aws-amplify listens
import { Amplify, type ResourcesConfig } from "aws-amplify";
import {
  fetchAuthSession,
  getCurrentUser,
  signIn,
  signOut,
} from "aws-amplify/auth";
import { Hub } from "aws-amplify/utils";
import type { SignOutResult } from "cognito-signout";
import { origin } from "../cognito.js";
import { byId, h } from "../dom.js";

/** What the comparison asks of the app. */
export interface App {
  signIn(username: string, password: string): Promise<void>;
  /** Asks Cognito for new tokens, by aws-amplify. */
  refresh(): Promise<void>;
  /** Signs out. aws-amplify's promise brings nothing. */
  signOut(): Promise<SignOutResult | void>;
  /** Whom the screen shows. */
  shown(): string | undefined;
}

declare global {
  interface Window {
    app?: Promise<App>;
  }
}

const query = new URLSearchParams(location.search);

let shown: string | undefined;

/** An address that breaks before its @ where the window is narrow. */
function breakable(text: string): (Node | string)[] {
  const [name = "", ...domain] = text.split("@");
  return [name, ...domain.flatMap((part) => [h("wbr"), `@${part}`])];
}

/** Asks aws-amplify who is signed in, and shows it. */
async function show(): Promise<void> {
  const user = await getCurrentUser().catch(() => undefined);
  shown = user && (user.signInDetails?.loginId ?? user.username);
  byId("screen").replaceChildren(
    h("span", { class: "face", "aria-hidden": "true" }, shown?.[0] ?? "–"),
    h(
      "p",
      {},
      h("strong", {}, shown ? "Signed in" : "Signed out"),
      h("span", {}, ...breakable(shown ?? "Nobody is here")),
    ),
  );
  document.body.className = shown ? "in" : "out";
}

/** The sign-out under show, in an app that is set up as its documentation says. */
async function setUp(config: ResourcesConfig): Promise<App["signOut"]> {
  Amplify.configure(config);
  if (query.get("sign-out") === "aws-amplify") return () => signOut();
  const [own, { connectAmplify }] = await Promise.all([
    import("cognito-signout"),
    import("cognito-signout/amplify"),
  ]);
  await own.configure(config);
  connectAmplify();
  return () => own.signOut();
}

async function start(): Promise<App> {
  // As <Authenticator> listens.
  Hub.listen("auth", ({ payload: { event } }) => {
    if (/^(signedIn|signedOut|tokenRefresh_failure)$/.test(event)) void show();
  });
  const signOut = await setUp({
    Auth: {
      Cognito: {
        userPoolId: query.get("pool") ?? "",
        userPoolClientId: query.get("client") ?? "",
        userPoolEndpoint: origin,
      },
    },
  });
  await show();
  return {
    async signIn(username, password) {
      // The default flow takes half a second of arithmetic.
      const options = { authFlowType: "USER_PASSWORD_AUTH" } as const;
      await signIn({ username, password, options });
      await show();
    },
    async refresh() {
      await fetchAuthSession({ forceRefresh: true });
      await show();
    },
    signOut() {
      const promise = signOut();
      void show();
      void promise.then(show);
      return promise;
    },
    shown: () => shown,
  };
}

window.app = start();
