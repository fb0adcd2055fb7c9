import {
  configure,
  loadTokens,
  onSignedOut,
  signOut,
  storeTokens,
} from "cognito-signout";
import { config } from "./config.js";
import { signIn } from "./sign-in.js";

const form = document.querySelector("form");
const output = document.querySelector("output");
const signOutButton = document.querySelector("#sign-out");
const retryButton = document.querySelector("#retry");

/** The last result, for its `retry`. */
let result;

async function show(said) {
  const tokens = await loadTokens();
  form.hidden = Boolean(tokens);
  signOutButton.hidden = !tokens;
  retryButton.hidden = Boolean(tokens) || !result?.retry;
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

// Another tab signed out: this page shows it too.
onSignedOut(({ reason }) => {
  if (reason !== "signOut") show().catch(complain);
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { username, password } = Object.fromEntries(new FormData(form));
  try {
    await storeTokens(await signIn(config, username, password));
    // The password is not to wait there for who comes after the sign-out.
    form.reset();
    await show();
  } catch (error) {
    complain(error);
  }
});

async function finish(work) {
  signOutButton.disabled = retryButton.disabled = true;
  result = await work;
  signOutButton.disabled = retryButton.disabled = false;
  await show(
    result.status === "failed"
      ? `not signed out: ${result.error.message}`
      : `signed out: ${result.status}`,
  ).catch(complain);
}

signOutButton.addEventListener("click", () =>
  finish(signOut({ global: true })),
);
retryButton.addEventListener("click", () => finish(result.retry()));
