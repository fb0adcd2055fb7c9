"use client";

import { useEffect, useState } from "react";
import { storeTokens } from "cognito-signout";
import { currentUser } from "../../src/current-user.js";

async function signIn(fields) {
  const answer = await fetch("/auth/sign-in", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(fields),
  });
  const tokens = await answer.json();
  if (!answer.ok) throw new Error(tokens.message);
  await storeTokens(tokens);
}

export function SignIn() {
  const [ready, setReady] = useState(false);
  const [refused, setRefused] = useState("");

  // It waits too: a sign-in that starts during a sign-out would cancel its redirect. It sends no one on to the account by itself: the
  // server might send them back here, and so on.
  useEffect(() => {
    currentUser().then(() => setReady(true), console.error);
  }, []);

  async function submit(event) {
    event.preventDefault();
    try {
      await signIn(Object.fromEntries(new FormData(event.currentTarget)));
      // A new document: what Next.js has prefetched is of before.
      location.assign("/account");
    } catch (error) {
      setRefused(error.message);
    }
  }

  if (!ready) return <p>One moment.</p>;
  return (
    <>
      <h1>Sign in</h1>
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
      <p role="alert">{refused}</p>
    </>
  );
}
