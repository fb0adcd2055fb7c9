// The adapter for Amplify: takes a client or none, and gives back how to end it.
import { createClient, loadTokens, onSignedOut } from "cognito-signout";
import { connectAmplify } from "cognito-signout/amplify";
import { expectTrue, type Equal } from "./expect.js";

expectTrue<Equal<ReturnType<typeof connectAmplify>, () => void>>();
connectAmplify()();
connectAmplify(undefined);
connectAmplify({ loadTokens, onSignedOut });
connectAmplify(
  createClient({
    userPoolId: "eu-west-1_AbCdEfGhI",
    userPoolClientId: "1example23456789",
  }),
);
// @ts-expect-error a configuration is no client
connectAmplify({ userPoolId: "eu-west-1_AbCdEfGhI" });
// @ts-expect-error it is connected at once: there is nothing to wait for
void connectAmplify().then;
