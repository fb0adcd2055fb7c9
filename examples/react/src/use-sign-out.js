import { useState } from "react";
import { signOut } from "cognito-signout";

/** `busy` while it runs, and the `result` after. */
export function useSignOut() {
  const [state, setState] = useState({ busy: false, result: undefined });
  async function start(options) {
    setState({ busy: true, result: undefined });
    setState({ busy: false, result: await signOut(options) });
  }
  return { ...state, signOut: start };
}
