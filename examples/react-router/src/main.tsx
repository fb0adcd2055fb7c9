import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router/dom";
import { onSignedOut } from "cognito-signout/eager";
import { router } from "./router";

// The guard of the open page runs again, in other tabs too. With a redirect the page is about to
// leave.
onSignedOut(({ redirecting }) => {
  if (!redirecting) router.revalidate().catch(console.error);
});

createRoot(document.querySelector("#app")!).render(
  <StrictMode>
    <RouterProvider router={router} />
  </StrictMode>,
);
