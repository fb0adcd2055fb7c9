import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { configure } from "cognito-signout";
import { App } from "./app";
import { config } from "./config";

// Once, outside of React: effects run twice in development, modules once.
configure(config).catch(console.error);

createRoot(document.querySelector("#app")!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
