// An app of Amplify Gen 2 at the local Cognito, as www/server/README.md has it: amplify_outputs.json, and one line.
import { Amplify } from "aws-amplify";
import * as auth from "aws-amplify/auth";
import { cognitoUserPoolsTokenProvider } from "aws-amplify/auth/cognito";
import { parseAmplifyConfig } from "aws-amplify/utils";

const { config: outputs, given } = globalThis.setup ?? {};
const config = parseAmplifyConfig(outputs);
if (config.Auth) config.Auth.Cognito.userPoolEndpoint = given.endpoint;
Amplify.configure(config);

Object.assign(globalThis, {
  amplify: { cognitoUserPoolsTokenProvider, ...auth },
  setup: { ...globalThis.setup, config },
});
await import("./start.mjs");
