import { Amplify } from "aws-amplify";
import { signOut } from "aws-amplify/auth";
import { expose } from "./page.mjs";

expose({
  configure: ({ userPoolId, clientId, endpoint }) =>
    Amplify.configure({
      Auth: {
        Cognito: {
          userPoolId,
          userPoolClientId: clientId,
          userPoolEndpoint: endpoint,
        },
      },
    }),
  signOut: (global) => signOut({ global }),
});
