import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router/dom";
import { onSignedOut } from "cognito-signout/eager";
import { router } from "./router.jsx";

// The guard of the page that is open runs again, in other tabs too. With a redirect the page is on its way already.
onSignedOut(({ redirecting }) => {
  if (!redirecting) router.revalidate().catch(console.error);
});

createRoot(document.querySelector("#app")).render(
  <StrictMode>
    <RouterProvider router={router} />
  </StrictMode>,
);
