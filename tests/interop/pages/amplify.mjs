// An app with Amplify v6 and cognito-signout, both configured from one object, as apps keep it.
import { Amplify } from "aws-amplify";
import * as auth from "aws-amplify/auth";
import { cognitoUserPoolsTokenProvider } from "aws-amplify/auth/cognito";
import "aws-amplify/auth/enable-oauth-listener";
import * as utils from "aws-amplify/utils";

/** @type {string[]} */
const hub = [];
utils.Hub.listen("auth", ({ payload }) => hub.push(payload.event));

Object.assign(globalThis, {
  amplify: { Amplify, cognitoUserPoolsTokenProvider, ...auth, ...utils },
  hub,
});

const { config } = globalThis.setup ?? {};
if (config) Amplify.configure(config);
await import("../../apps/vite/main.mjs");
