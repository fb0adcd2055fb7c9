"use client";

import { useEffect, useState } from "react";
import {
  configure,
  loadTokens,
  onSignedOut,
  signOut,
  storeTokens,
} from "cognito-signout";
import { config } from "../src/config.js";
import { signIn } from "../src/sign-in.js";

// At module level, as people write it: this runs in the server's render too, and does nothing there.
configure(config).catch(console.error);

export function Session() {
  const [state, setState] = useState("");

  async function show() {
    const tokens = await loadTokens();
    setState(
      tokens ? `signed in as ${tokens.username}` : "nobody is signed in",
    );
  }

  useEffect(() => {
    void show();
    return onSignedOut(({ reason }) => {
      document.title = `Signed out: ${reason}`;
    });
  }, []);

  async function submit(event) {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(event.currentTarget));
    try {
      await storeTokens(await signIn(config, fields.username, fields.password));
      await show();
    } catch (error) {
      setState(error.message);
    }
  }

  async function leave() {
    const { status } = await signOut({ global: true });
    setState(`signed out: ${status}`);
  }

  return (
    <main>
      <form onSubmit={submit}>
        <input name="username" aria-label="User name" />
        <input name="password" type="password" aria-label="Password" />
        <button>Sign in</button>
      </form>
      <button id="sign-out" onClick={leave}>
        Sign out everywhere
      </button>
      <output>{state}</output>
    </main>
  );
}
