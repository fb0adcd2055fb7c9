import { createBrowserRouter } from "react-router";
import { configure, loadTokens } from "cognito-signout/eager";
import { config } from "./config";
import { needsNobody, needsUser } from "./guards";
import { Layout } from "./layout";
import { Account, Home, SignIn } from "./pages";
import { submit } from "./submit";

// Before the router is made: it runs the first loaders at once.
configure(config).catch(console.error);

export const router = createBrowserRouter([
  {
    id: "layout",
    // For the line at the top; a page that all may see need not wait.
    loader: async () => (await loadTokens())?.username ?? null,
    Component: Layout,
    HydrateFallback: () => <p>One moment.</p>,
    children: [
      { index: true, Component: Home },
      { path: "account", loader: needsUser, Component: Account },
      {
        path: "sign-in",
        loader: needsNobody,
        action: submit,
        Component: SignIn,
      },
    ],
  },
]);
