import { useState } from "react";
import { storeTokens } from "cognito-signout";
import { describe } from "cognito-signout/describe";
import { useSignOut } from "cognito-signout/react";
import { signIn } from "./sign-in";
import { useUser } from "./use-user";

export function App() {
  const [user, reload] = useUser();
  const [refused, setRefused] = useState("");
  const { signOut, isSigningOut, result, retry } = useSignOut({ global: true });

  async function submit(form: FormData) {
    try {
      await storeTokens(
        await signIn(
          String(form.get("username")),
          String(form.get("password")),
        ),
      );
      setRefused("");
      await reload();
    } catch (error) {
      setRefused((error as Error).message);
    }
  }

  // After a failed sign-out the user is still signed in.
  const told = user && result?.status !== "failed" ? undefined : result;

  return (
    <main>
      <h1>React</h1>
      <output>
        {user && `signed in as ${user}`}
        {user === null && "nobody is signed in"}
      </output>
      {told && <p role="status">{describe(told)}</p>}
      {told && retry && <button onClick={retry}>Try again</button>}
      {user === null && (
        <form action={submit}>
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
          <p role="alert">{refused}</p>
        </form>
      )}
      {user && (
        <button id="sign-out" disabled={isSigningOut} onClick={signOut}>
          Sign out everywhere
        </button>
      )}
    </main>
  );
}
