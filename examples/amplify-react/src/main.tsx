import { Amplify } from "aws-amplify";
import { configure } from "cognito-signout";
import { connectAmplify } from "cognito-signout/amplify";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { config } from "./config";

Amplify.configure(config);
configure(config).catch(console.error);
// <Authenticator> goes back to its form when the user was signed out, in any tab.
connectAmplify();

createRoot(document.querySelector("#app")!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
