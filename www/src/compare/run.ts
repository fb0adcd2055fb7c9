// One run of a side: what was done, and what is seen of it.
import type { SignOutResult } from "cognito-signout";
import type { Verdict } from "../cognito.js";
import type { App } from "./app.js";
import type { Scenario } from "./scenarios.js";
import type { Entry } from "./stored.js";

export interface Run {
  readonly scenario: Scenario;
  /** The app, once for each window. */
  readonly apps: App[];
  phase: "signing in" | "signing out" | "over";
  stored: Entry[];
  /** The fingerprint of the refresh token that was stored. */
  refreshToken?: string;
  server?: Verdict;
  calledAt?: number;
  settledAt?: number;
  /** How many tokens were stored when signOut() had returned. */
  leftAtReturn?: number;
  /** When the last token had left the storage. */
  goneAt?: number;
  /** The tokens had left, and were stored again. */
  cameBack?: true;
  /** aws-amplify gives none. */
  result?: SignOutResult;
  rejected?: string;
  hasRetried?: true;
}

/** Whether the storage has no token, and no window shows a user. */
export const isOut = ({ apps, stored }: Run): boolean =>
  stored.length === 0 && apps.every((app) => !app.shown());
