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
const button = document.querySelector("#sign-out");

async function show() {
  const tokens = await loadTokens();
  output.textContent = tokens
    ? `signed in as ${tokens.username}`
    : "nobody is signed in";
}

configure(config)
  .then(show)
  .catch((error) => (output.textContent = error.message));

// Another tab signed out: this page shows it too.
onSignedOut(({ reason }) => {
  if (reason !== "signOut") void show();
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { username, password } = Object.fromEntries(new FormData(form));
  try {
    await storeTokens(await signIn(config, username, password));
    await show();
  } catch (error) {
    output.textContent = error.message;
  }
});

button.addEventListener("click", async () => {
  button.disabled = true;
  const result = await signOut({ global: true });
  button.disabled = false;
  output.textContent = `signed out: ${result.status}`;
});
