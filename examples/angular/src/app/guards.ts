import { inject } from "@angular/core";
import { Router, type CanActivateFn } from "@angular/router";
import { exhaustMap, filter, map, take, timer } from "rxjs";
import { isSigningOut, loadTokens } from "cognito-signout/eager";

/**
 * The user's name, or `null`. It waits until a sign-out that is in progress has settled, in this tab
 * or another one.
 */
const currentUser$ = timer(0, 50).pipe(
  exhaustMap(() => loadTokens()),
  filter(() => !isSigningOut()),
  map((tokens) => tokens?.username ?? null),
  take(1),
);

/** For a page for users alone. */
export const needsUser: CanActivateFn = () => {
  const router = inject(Router);
  return currentUser$.pipe(
    map((user) => (user ? true : router.createUrlTree(["/sign-in"]))),
  );
};

/**
 * For the sign-in page. It waits too: a sign-in that starts during a sign-out would cancel its
 * redirect.
 */
export const needsNobody: CanActivateFn = () => {
  const router = inject(Router);
  return currentUser$.pipe(
    map((user) => (user ? router.createUrlTree(["/account"]) : true)),
  );
};
