import { useState } from "react";
import { storeTokens } from "cognito-signout";
import { config } from "./config.js";
import { signIn } from "./sign-in.js";
import { useSignOut } from "./use-sign-out.js";
import { useUser } from "./use-user.js";

export function App() {
  const [user, reload] = useUser();
  const [refused, setRefused] = useState("");
  const { busy, result, signOut } = useSignOut();

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
      <form onSubmit={submit}>
        <label>
          User name
          <input name="username" autoComplete="username" />
        </label>
        <label>
          Password
          <input
            name="password"
            type="password"
            autoComplete="current-password"
          />
        </label>
        <button>Sign in</button>
      </form>
      <output>{user === undefined ? "" : standing}</output>
      <button
        id="sign-out"
        disabled={busy}
        onClick={() => signOut({ global: true })}
      >
        Sign out everywhere
      </button>
      {result?.status === "partial" && (
        <p role="alert">
          Signed out here, but not all was done.{" "}
          <button onClick={() => result.retry()}>Try again</button>
        </p>
      )}
    </main>
  );
}
