import { useCallback, useEffect, useState } from "react";
import { loadTokens } from "cognito-signout";
import { useSignedOut } from "cognito-signout/react";

/** The name of the user, `null` while nobody is signed in, `undefined` until that is known. */
export function useUser() {
  const [user, setUser] = useState<string | null>();
  const reload = useCallback(async () => {
    const tokens = await loadTokens();
    setUser(tokens?.username ?? null);
  }, []);
  useEffect(() => {
    reload().catch(console.error);
  }, [reload]);
  // Another tab's sign-out counts too.
  useSignedOut(() => setUser(null));
  return [user, reload] as const;
}
