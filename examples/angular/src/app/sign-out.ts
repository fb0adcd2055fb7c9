import { Observable } from "rxjs";
import {
  signOut,
  type SignOutOptions,
  type SignOutResult,
} from "cognito-signout/eager";

/**
 * `signOut` as a cold Observable: one result, never an error. Unsubscribing before the result aborts
 * it by `signal`: the user is signed out on this device, and the requests in progress end. So keep it
 * out of `takeUntilDestroyed`: a sign-out outlives the component that started it.
 */
export const signOut$ = (options: SignOutOptions = {}) =>
  new Observable<SignOutResult>((subscriber) => {
    const abort = new AbortController();
    let settled = false;
    void signOut({ ...options, signal: abort.signal }).then((result) => {
      // RxJS runs the teardown after `complete` too, which must not abort requests that outlast the
      // result.
      settled = true;
      subscriber.next(result);
      subscriber.complete();
    });
    return () => {
      if (!settled) abort.abort();
    };
  });
