import type * as AmplifyPackage from "aws-amplify";
import type * as AmplifyAuth from "aws-amplify/auth";
import type * as AmplifyCognito from "aws-amplify/auth/cognito";
import type * as AmplifyUtils from "aws-amplify/utils";
import type { Client } from "cognito-signout";
import type * as Adapter from "cognito-signout/amplify";
import type { SignOutState } from "cognito-signout/react";

declare global {
  /** What pages/oidc.mjs puts there. */
  var oidc: {
    manager: import("oidc-client-ts").UserManager;
    /** What its events said: "loaded", "unloaded". */
    said: string[];
    /** Who is signed in, as the library says: null for nobody. */
    whoIsIn: () => Promise<string | null>;
    /** The access and the refresh token. */
    tokens: () => Promise<(string | undefined)[]>;
    /** All keys of the database that the page keeps its stores in. */
    keysInDatabase: () => Promise<string[]>;
  };
  /** What pages/older.mjs puts there. */
  var identity: SignsIn & {
    current: () => Promise<import("amazon-cognito-identity-js").CognitoUser>;
  };
  /** What a library's own sign-out says, and its refresh, whose page has been told to begin it. */
  var leaving: Promise<string>;
  var refreshing: Promise<unknown>;
  var v5: SignsIn & {
    Auth: typeof import("aws-amplify-auth-v5").Auth;
    tokens: () => Promise<string[]>;
  };
  /** What pages/amplify.mjs puts there. */
  var amplify: typeof AmplifyPackage &
    typeof AmplifyAuth &
    Pick<typeof AmplifyCognito, "cognitoUserPoolsTokenProvider"> &
    typeof AmplifyUtils &
    typeof Adapter;
  /** What pages/connections.mjs puts there. */
  var library: Library;
  /** What pages/react.mjs puts there. */
  var ui: ReactPage;
  /** What Amplify's Hub said on its channel `auth`, in this tab; with `other:` before it where another tab was the cause. */
  var hub: string[];
}

export interface Library {
  config: Record<string, unknown>;
  /** What it said of a user, to all who listen: "in", "out". */
  said: string[];
  connect: Connect;
  /** The same of a second copy of the package. */
  connectByCopy: Connect;
  signIn: (user: {
    username: string;
    password: string;
    tokens: { accessToken: string; refreshToken: string };
  }) => Promise<void>;
  isIn: () => Promise<boolean>;
}

export interface ReactPage {
  /** The components that are mounted, by their names. */
  parts: Record<string, SignOutState>;
  /** What each listener heard: the name of its component, how often that was clicked, the reason. */
  heard: [name: string, clicks: number, reason: string][];
  /** How many functions `signOut` of all components have been. */
  identities: Set<unknown>;
  /** What React and the browser complained of. */
  complaints: string[];
  /** Mounts these components, and unmounts all others. */
  show: (names: string[]) => void;
  /** Has the tree wait, so that its fallback is shown. */
  suspend: () => void;
  resume: () => void;
}

type Connect = (
  client?: Pick<Client, "onSignedOut" | "loadTokens">,
) => () => void;

interface SignsIn {
  /** Gives the access and the refresh token. */
  signIn: (username: string, password: string) => Promise<string[]>;
  /** Who is signed in, as the library says: null for nobody. */
  whoIsIn: () => Promise<string | null>;
}
