import { useState } from "react";
import { signOut } from "cognito-signout";

/** `busy` while it runs, and the `result` after; `retry` runs what failed. */
export function useSignOut() {
  const [state, setState] = useState({ busy: false, result: undefined });
  async function show(work) {
    setState({ busy: true, result: undefined });
    setState({ busy: false, result: await work });
  }
  return {
    ...state,
    signOut: (options) => show(signOut(options)),
    retry: () => show(state.result.retry()),
  };
}
