// The face of the app. It is handed the package, so that a page can load that in any way.
import { config } from "./config.js";
import { signIn } from "./sign-in.js";

/** @param {typeof import("cognito-signout")} package */
export function start({
  configure,
  loadTokens,
  onSignedOut,
  signOut,
  storeTokens,
}) {
  const form = document.querySelector("form");
  const output = document.querySelector("output");

  const show = async () => {
    const tokens = await loadTokens();
    output.textContent = tokens
      ? `signed in as ${tokens.username}`
      : "nobody is signed in";
  };

  configure(config).then(show, (error) => {
    output.textContent = error.message;
  });
  onSignedOut(({ reason }) => {
    document.title = `Signed out: ${reason}`;
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

  let result;
  const tell = async (signingOut) => {
    result = await signingOut;
    output.textContent = `signed out: ${result.status}`;
  };
  document
    .querySelector("#sign-out")
    .addEventListener("click", () => tell(signOut({ global: true })));
  document
    .querySelector("#retry")
    .addEventListener("click", () => tell(result.retry()));
}
