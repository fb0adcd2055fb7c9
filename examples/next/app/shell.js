"use client";

import { useState } from "react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { configure } from "cognito-signout";
import { config } from "../src/config.js";
import { leave } from "../src/leave.js";
import { useUser } from "../src/use-user.js";

// At module level: this runs in the server's render too, and does nothing there.
configure(config).catch(console.error);

export function Shell({ children }) {
  const [user] = useUser();
  const [{ busy, result, server }, setState] = useState({ busy: false });
  const router = useRouter();

  async function signOut() {
    setState({ busy: true });
    setState({ busy: false, ...(await leave({ global: true })) });
    // Next.js keeps pages that it has shown or prefetched.
    router.refresh();
  }

  const standing = busy
    ? "signing out"
    : user
      ? `signed in as ${user}`
      : result
        ? `signed out: ${result.status}`
        : "nobody is signed in";

  return (
    <>
      <header>
        <nav>
          <Link href="/">Home</Link>
          <Link href="/account">Account</Link>
          {!user && <Link href="/sign-in">Sign in</Link>}
        </nav>
        <output>{user === undefined ? "" : standing}</output>
        {user && (
          <button id="sign-out" disabled={busy} onClick={signOut}>
            Sign out everywhere
          </button>
        )}
        {result?.status === "failed" && (
          <p role="alert">Not signed out. {result.error.recoverySuggestion}</p>
        )}
        {result?.signedOutLocally &&
          !(server && result.status === "complete") && (
            <p role="alert">Signed out here, but not all was done.</p>
          )}
      </header>
      {/* What a user saw is not to be seen until the server has answered. */}
      <main>{!busy && children}</main>
    </>
  );
}
