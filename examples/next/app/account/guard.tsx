"use client";

import { useCallback, useEffect, useState, type ReactNode } from "react";
import { useRouter } from "next/navigation";
import { useSignedOut } from "cognito-signout/react";
import { currentUser } from "../../src/current-user";

/** Shows the server's page once the browser knows the user, and as long as that user is signed in. */
export function Guard({ children }: { children: ReactNode }) {
  const [user, setUser] = useState<string | null>(null);
  const router = useRouter();

  const look = useCallback(async () => {
    const user = await currentUser();
    setUser(user);
    if (!user) router.replace("/sign-in");
  }, [router]);

  useEffect(() => {
    look().catch(console.error);
  }, [look]);
  useSignedOut(({ redirecting }) => {
    setUser(null);
    if (!redirecting) look().catch(console.error);
  });

  return user ? children : <p>One moment.</p>;
}
