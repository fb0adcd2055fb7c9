import {
  configure,
  loadTokens,
  onSignedOut,
  signOut,
  storeTokens,
  type SignOutResult,
} from "cognito-signout";
import { describe } from "cognito-signout/describe";
import { config } from "./config.js";
import { signIn } from "./sign-in.js";

const form = document.querySelector("form")!;
const output = document.querySelector("output")!;
const status = document.querySelector("[role=status]")!;
const signOutButton = document.querySelector<HTMLButtonElement>("#sign-out")!;
const retryButton = document.querySelector<HTMLButtonElement>("#retry")!;

/** Sends again what failed; set while the last result has a `retry`. */
let retry: (() => Promise<SignOutResult>) | undefined;

async function show() {
  const tokens = await loadTokens();
  form.hidden = Boolean(tokens);
  signOutButton.hidden = !tokens;
  retryButton.hidden = !retry;
  output.textContent = tokens
    ? `signed in as ${tokens.username}`
    : "nobody is signed in";
}

const complain = (error: Error) => {
  status.textContent = error.message;
};

configure(config).then(show).catch(complain);

// Another tab signed out: this page shows it too.
onSignedOut(({ reason }) => {
  if (reason !== "signOut") show().catch(complain);
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const fields = new FormData(form);
  try {
    await storeTokens(
      await signIn(
        String(fields.get("username")),
        String(fields.get("password")),
      ),
    );
    // The password must not wait in the form for the next user.
    form.reset();
    status.textContent = "";
    retry = undefined;
    await show();
  } catch (error) {
    complain(error as Error);
  }
});

async function finish(work: Promise<SignOutResult>) {
  signOutButton.disabled = retryButton.disabled = true;
  const result = await work;
  signOutButton.disabled = retryButton.disabled = false;
  retry = result.status === "partial" ? result.retry : undefined;
  status.textContent = describe(result);
  await show().catch(complain);
}

signOutButton.addEventListener("click", () =>
  finish(signOut({ global: true })),
);
retryButton.addEventListener("click", () => retry && finish(retry()));
