import {
  configure,
  loadTokens,
  onSignedOut,
  signOut,
  storeTokens,
} from "cognito-signout";
import { config } from "./config.js";
import { onLink, openExternal } from "./shell.js";
import { authorizeUrl, redirectSignIn, tokensFor } from "./sign-in.js";

const output = document.querySelector("output");
const signInButton = document.querySelector("#sign-in");
const signOutButton = document.querySelector("#sign-out");

async function show(said) {
  const tokens = await loadTokens();
  signInButton.hidden = Boolean(tokens);
  signOutButton.hidden = !tokens;
  output.textContent =
    said ??
    (tokens ? `signed in as ${tokens.username}` : "nobody is signed in");
}

const complain = (error) => {
  output.textContent = error.message;
};

configure(config)
  .then(() => show())
  .catch(complain);

// Another window signed out.
onSignedOut(({ reason }) => {
  if (reason !== "signOut") show().catch(complain);
});

onLink(async (link) => {
  // The link of the sign-out only brings the app to the front: by then `signOut` has settled.
  if (!link.startsWith(redirectSignIn)) return;
  try {
    await storeTokens(await tokensFor(link));
    await show();
  } catch (error) {
    complain(error);
  }
});

signInButton.addEventListener("click", async () => {
  await openExternal(await authorizeUrl()).catch(complain);
});

signOutButton.addEventListener("click", async () => {
  signOutButton.disabled = true;
  // The session came from the hosted UI, so that its /logout is due; the system browser has its cookie, and goes there.
  const result = await signOut({ navigate: openExternal });
  signOutButton.disabled = false;
  await show(
    result.status === "failed"
      ? `not signed out: ${result.error.message}`
      : `signed out: ${result.status}`,
  );
});
