"use client";

import { useEffect, useState } from "react";
import { useRouter } from "next/navigation";
import { onSignedOut } from "cognito-signout";
import { currentUser } from "../../src/current-user.js";

/** Shows what the server has sent once the browser knows that it is meant for this user, and as long as that is so. */
export function Guard({ children }) {
  const [user, setUser] = useState(null);
  const router = useRouter();

  useEffect(() => {
    let gone = false;
    async function look() {
      const user = await currentUser();
      if (gone) return;
      setUser(user);
      if (!user) router.replace("/sign-in");
    }
    look().catch(console.error);
    const stop = onSignedOut(({ redirecting }) => {
      setUser(null);
      if (!redirecting) look().catch(console.error);
    });
    return () => {
      gone = true;
      stop();
    };
  }, [router]);

  return user ? children : <p>One moment.</p>;
}
