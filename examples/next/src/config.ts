import type { ResourcesConfig } from "aws-amplify";

// The local Cognito of `npm run cognito`. For a user pool of your own: `amplify_outputs.json`.
export const config = {
  Auth: {
    Cognito: {
      userPoolId: "us-east-1_LocalDev1",
      userPoolClientId: "1local2client3for4dev5apps",
      userPoolEndpoint: "http://localhost:9229",
    },
  },
} satisfies ResourcesConfig;
