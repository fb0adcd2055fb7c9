/**
 * Hooks for React 18 and later.
 *
 * @packageDocumentation
 */
import {
  onSignedOut,
  signOut as startSignOut,
  type SignedOutEvent,
  type SignOutOptions,
  type SignOutResult,
} from "cognito-signout";
import {
  useCallback,
  useEffect,
  useInsertionEffect,
  useRef,
  useSyncExternalStore,
} from "react";
import { copyOf, isEvent, isObject } from "./options.js";

/** What {@link useSignOut} gives. */
export interface SignOutState {
  /**
   * Signs the user out, as the package's own `signOut` does: it never rejects. Its identity never
   * changes, and it may be given as an event handler: `onClick={signOut}`.
   */
  readonly signOut: typeof startSignOut;
  /** Whether a sign-out that a component of this page began has not settled yet. */
  readonly isSigningOut: boolean;
  /**
   * The result of the last sign-out that a component began: `undefined` before the first, and when
   * the next one begins. It stays when the user signs in again.
   */
  readonly result: SignOutResult | undefined;
  /** Sends again what failed; set while the `result` has a `retry`. */
  readonly retry: (() => Promise<SignOutResult>) | undefined;
}

/** What all components show. React compares it by identity. */
type Snapshot = Omit<SignOutState, "signOut">;

// One state for all components: the component that began a sign-out is often unmounted when the
// result comes, since the app shows its sign-in page by then.
const IDLE: Snapshot = {
  isSigningOut: false,
  result: undefined,
  retry: undefined,
};
let snapshot = IDLE;
const listeners = new Set<() => void>();
/** How many sign-outs have not settled. */
let pending = 0;

function show(next: Snapshot) {
  snapshot = next;
  for (const listener of listeners) listener();
}

/** Shows a sign-out that has just begun, and its result. */
function follow(work: Promise<SignOutResult>): Promise<SignOutResult> {
  if (!pending++) show({ ...IDLE, isSigningOut: true });
  return work.then((result) => {
    const retry = result.status === "partial" ? result.retry : undefined;
    show({
      isSigningOut: --pending > 0,
      result,
      retry: retry && (() => follow(retry())),
    });
    return result;
  });
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
};

/** A ref whose value is that of the last render that was shown. */
function useLatest<T>(value: T): { readonly current: T } {
  const latest = useRef(value);
  useInsertionEffect(() => {
    latest.current = value;
  });
  return latest;
}

/** The options of one call over those of the hook. */
function merged(
  options: SignOutOptions | undefined,
  given: unknown,
): SignOutOptions {
  const own = given as SignOutOptions;
  // `signOut` says what is wrong with what is no object.
  if (!options || (given != null && !isObject(given))) return own;
  if (given == null || isEvent(given)) return options;
  // By their descriptors: they may have getters, and those may throw.
  return Object.defineProperties(
    copyOf(options) as SignOutOptions,
    Object.getOwnPropertyDescriptors(copyOf(own)),
  );
}

/**
 * Signs out, and says how far that has come.
 *
 * All components share one state, so that the result is not lost when the component that began the
 * sign-out is unmounted: show it where your app shows its sign-in page. Calls in several components
 * join one sign-out. On a server nothing is signing out, and there is no result.
 *
 * @example
 * ```tsx
 * import { describe } from "cognito-signout/describe";
 * import { useSignOut } from "cognito-signout/react";
 *
 * export function SignOutButton() {
 *   const { signOut, isSigningOut, result, retry } = useSignOut();
 *   return (
 *     <>
 *       <button disabled={isSigningOut} onClick={signOut}>
 *         Sign out
 *       </button>
 *       {result && <p role="status">{describe(result)}</p>}
 *       {retry && <button onClick={retry}>Try again</button>}
 *     </>
 *   );
 * }
 * ```
 *
 * @param options - for each call of this hook's `signOut`; what is given to the call comes first
 */
export function useSignOut(options?: SignOutOptions): SignOutState {
  const state = useSyncExternalStore(
    subscribe,
    () => snapshot,
    // All users share a server's state.
    () => IDLE,
  );
  const latest = useLatest(options);
  const signOut = useCallback(
    (given?: unknown) => follow(startSignOut(merged(latest.current, given))),
    [latest],
  );
  return { ...state, signOut };
}

/**
 * Calls a listener when the user was signed out, by this tab or another one: once for each sign-out,
 * while the component is mounted. It is the listener of the last render.
 *
 * @example
 * ```tsx
 * import { useSignedOut } from "cognito-signout/react";
 * import { useState } from "react";
 *
 * export function Greeting({ name }: { name: string }) {
 *   const [user, setUser] = useState<string | null>(name);
 *   useSignedOut(() => setUser(null));
 *   return <p>{user ? `Signed in as ${user}` : "Signed out"}</p>;
 * }
 * ```
 */
export function useSignedOut(listener: (event: SignedOutEvent) => void): void {
  const latest = useLatest(listener);
  useEffect(() => onSignedOut((event) => latest.current(event)), [latest]);
}
