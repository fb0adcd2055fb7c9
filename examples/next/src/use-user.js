import { useCallback, useEffect, useState } from "react";
import { loadTokens, onSignedOut } from "cognito-signout";

/** The name of the user, `null` while nobody is signed in, `undefined` until that is known. */
export function useUser() {
  const [user, setUser] = useState();
  const reload = useCallback(async () => {
    const tokens = await loadTokens();
    setUser(tokens?.username ?? null);
  }, []);
  useEffect(() => {
    reload().catch(console.error);
    // Told of a sign-out in another tab too. It gives the function that stops it, which is what an effect returns.
    return onSignedOut(() => setUser(null));
  }, [reload]);
  return [user, reload];
}
