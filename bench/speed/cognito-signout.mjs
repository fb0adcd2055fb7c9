import * as ours from "../../dist/index.js";
import { expose } from "./page.mjs";

expose({
  configure: ({ userPoolId, clientId, endpoint }) =>
    ours.configure({
      userPoolId,
      userPoolClientId: clientId,
      userPoolEndpoint: endpoint,
    }),
  signOut: (global) => ours.signOut({ global }),
});
