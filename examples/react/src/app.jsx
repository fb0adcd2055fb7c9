import { useState } from "react";
import { storeTokens } from "cognito-signout";
import { config } from "./config.js";
import { signIn } from "./sign-in.js";
import { useSignOut } from "./use-sign-out.js";
import { useUser } from "./use-user.js";

export function App() {
  const [user, reload] = useUser();
  const [refused, setRefused] = useState("");
  const { busy, result, signOut, retry } = useSignOut();

  async function submit(event) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    try {
      await storeTokens(
        await signIn(config, form.get("username"), form.get("password")),
      );
      setRefused("");
      await reload();
    } catch (error) {
      setRefused(error.message);
    }
  }

  const standing =
    refused ||
    (user
      ? `signed in as ${user}`
      : result
        ? `signed out: ${result.status}`
        : "nobody is signed in");

  return (
    <main>
      <h1>React</h1>
      <output>{user === undefined ? "" : standing}</output>
      {user === null && (
        <form onSubmit={submit}>
          <label>
            User name
            <input name="username" autoComplete="username" required />
          </label>
          <label>
            Password
            <input
              name="password"
              type="password"
              autoComplete="current-password"
              required
            />
          </label>
          <button>Sign in</button>
        </form>
      )}
      {user && (
        <button
          id="sign-out"
          disabled={busy}
          onClick={() => signOut({ global: true })}
        >
          Sign out everywhere
        </button>
      )}
      {!user && result?.status === "partial" && (
        <p role="alert">
          Signed out here, but not all was done.{" "}
          {result.retry && <button onClick={retry}>Try again</button>}
        </p>
      )}
      {result?.status === "failed" && (
        <p role="alert">Not signed out. {result.error.recoverySuggestion}</p>
      )}
    </main>
  );
}
