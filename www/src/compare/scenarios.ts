// What goes wrong while both apps sign out.
import type { Fault } from "../control.js";

export interface Scenario {
  readonly name: string;
  /** What happens, in a sentence. */
  readonly what: string;
  /** What a reader may object, answered. */
  readonly note?: string;
  readonly tabs: 1 | 2;
  /** What is wrong with the server, for the app client of each app. */
  readonly fault?: Omit<Fault, "clientId">;
  /** The app asks for new tokens first, and is answered once the sign-out is over. */
  readonly isRefreshing?: true;
}

export const SCENARIOS: readonly Scenario[] = [
  {
    name: "A silent server",
    what: "The user signs out. Cognito takes the request, and never answers.",
    tabs: 1,
    fault: { operation: "RevokeToken", silence: true },
  },
  {
    name: "A refresh in flight",
    what: "The user signs out while the app waits for new tokens. They arrive after the sign-out.",
    note: "Cognito refuses the tokens that come back. An API that checks a token by its signature alone takes them until they expire.",
    tabs: 1,
    fault: {
      operation: "GetTokensFromRefreshToken",
      times: 1,
      // Longer than any sign-out: the comparison ends it.
      answerDelayMs: 120_000,
    },
    isRefreshing: true,
  },
  {
    name: "A second tab",
    what: "The app is open in two tabs. The user signs out in the first one.",
    note: "Both apps listen to aws-amplify’s Hub as its <Authenticator> does. A listener can ask for the events of other tabs by enableCrossTabEvents; it is off by default.",
    tabs: 2,
  },
  {
    name: "A refused request",
    what: "The user signs out. Cognito is overloaded, and refuses to revoke the token.",
    tabs: 1,
    fault: {
      operation: "RevokeToken",
      answer: { type: "TooManyRequestsException", message: "Rate exceeded" },
    },
  },
];
