"use client";

import { useState, type ReactNode } from "react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { Amplify } from "aws-amplify";
import { configure } from "cognito-signout";
import { connectAmplify } from "cognito-signout/amplify";
import { describe } from "cognito-signout/describe";
import { config } from "../src/config";
import { leave } from "../src/leave";
import { useUser } from "../src/use-user";

// Amplify keeps the session in cookies, which the server reads. All of this runs in the server's
// render too: `configure` and `connectAmplify` do nothing there.
Amplify.configure(config, { ssr: true });
configure({ ...config, storage: "cookie" }).catch(console.error);
connectAmplify();

interface State {
  busy: boolean;
  left?: Awaited<ReturnType<typeof leave>>;
}

export function Shell({ children }: { children: ReactNode }) {
  const [user] = useUser();
  const [{ busy, left }, setState] = useState<State>({ busy: false });
  const router = useRouter();

  async function signOut() {
    setState({ busy: true });
    setState({ busy: false, left: await leave({ global: true }) });
    // Next.js keeps pages that it has shown or prefetched.
    router.refresh();
  }

  // After a failed sign-out the user is still signed in.
  const told = user && left?.result.status !== "failed" ? undefined : left;

  return (
    <>
      <header>
        <nav>
          <Link href="/">Home</Link>
          <Link href="/account">Account</Link>
          {!user && <Link href="/sign-in">Sign in</Link>}
        </nav>
        <output>
          {busy
            ? "signing out"
            : user
              ? `signed in as ${user}`
              : user === null && "nobody is signed in"}
        </output>
        {user && (
          <button id="sign-out" disabled={busy} onClick={signOut}>
            Sign out everywhere
          </button>
        )}
        {told && <p role="status">{describe(told.result)}</p>}
        {told?.result.signedOutLocally && !told.server && (
          <p role="alert">The server could not end your session.</p>
        )}
      </header>
      {/* The page is hidden until the server has answered. */}
      <main>{!busy && children}</main>
    </>
  );
}
