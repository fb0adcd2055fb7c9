import {
  configure,
  loadTokens,
  onSignedOut,
  signOut,
  storeTokens,
} from "cognito-signout";
import { describe } from "cognito-signout/describe";
import { config } from "./config.js";
import { onLink, openExternal } from "./shell.js";
import { authorizeUrl, redirectSignIn, tokensFor } from "./sign-in.js";

const output = document.querySelector("output")!;
const status = document.querySelector("[role=status]")!;
const signInButton = document.querySelector<HTMLButtonElement>("#sign-in")!;
const signOutButton = document.querySelector<HTMLButtonElement>("#sign-out")!;

async function show() {
  const tokens = await loadTokens();
  signInButton.hidden = Boolean(tokens);
  signOutButton.hidden = !tokens;
  output.textContent = tokens
    ? `signed in as ${tokens.username}`
    : "nobody is signed in";
}

const complain = (error: Error) => {
  status.textContent = error.message;
};

configure(config).then(show).catch(complain);

// Another window signed out.
onSignedOut(({ reason }) => {
  if (reason !== "signOut") show().catch(complain);
});

onLink(async (link) => {
  // The sign-out's link only brings the app to the front: `signOut` has settled by then.
  if (!link.startsWith(redirectSignIn)) return;
  try {
    await storeTokens(await tokensFor(link));
    status.textContent = "";
    await show();
  } catch (error) {
    complain(error as Error);
  }
});

signInButton.addEventListener("click", async () => {
  await openExternal(await authorizeUrl()).catch(complain);
});

signOutButton.addEventListener("click", async () => {
  signOutButton.disabled = true;
  // The session came from the hosted UI, so its /logout is due. The system browser has its cookie.
  const result = await signOut({ navigate: openExternal });
  signOutButton.disabled = false;
  status.textContent = describe(result);
  await show().catch(complain);
});
