"use client";

import { useEffect, useState } from "react";
import { signIn } from "aws-amplify/auth";
import { currentUser } from "../../src/current-user";

export function SignIn() {
  const [ready, setReady] = useState(false);
  const [refused, setRefused] = useState("");

  // It waits too: a sign-in that starts during a sign-out would cancel its redirect. It sends no user
  // on to the account: the server might send them back here, and so on.
  useEffect(() => {
    currentUser().then(() => setReady(true), console.error);
  }, []);

  async function submit(form: FormData) {
    try {
      await signIn({
        username: String(form.get("username")),
        password: String(form.get("password")),
      });
      // A new document: the pages that Next.js has prefetched are outdated.
      location.assign("/account");
    } catch (error) {
      setRefused((error as Error).message);
    }
  }

  if (!ready) return <p>One moment.</p>;
  return (
    <>
      <h1>Sign in</h1>
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
      </form>
      <p role="alert">{refused}</p>
    </>
  );
}
