import { useState } from "react";
import { signOut } from "cognito-signout/eager";

/** `busy` while it runs, and the `result` after; `retry` runs what failed. */
export function useSignOut() {
  const [state, setState] = useState({ busy: false });
  async function show(work) {
    setState({ busy: true });
    setState({ busy: false, result: await work });
  }
  const retry = () => show(state.result.retry());
  return { ...state, signOut: (options) => show(signOut(options)), retry };
}
