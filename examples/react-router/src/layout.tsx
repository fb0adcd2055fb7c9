import { NavLink, Outlet, useRouteLoaderData } from "react-router";
import { describe } from "cognito-signout/describe";
import { useSignOut } from "cognito-signout/react";

export function Layout() {
  const user = useRouteLoaderData<string | null>("layout");
  const { signOut, isSigningOut, result, retry } = useSignOut({ global: true });

  // After a failed sign-out the user is still signed in.
  const told = user && result?.status !== "failed" ? undefined : result;

  return (
    <>
      <header>
        <nav>
          <NavLink to="/">Home</NavLink>
          <NavLink to="/account">Account</NavLink>
          {!user && <NavLink to="/sign-in">Sign in</NavLink>}
        </nav>
        <output>
          {isSigningOut
            ? "signing out"
            : user
              ? `signed in as ${user}`
              : "nobody is signed in"}
        </output>
        {told && <p role="status">{describe(told)}</p>}
        {told && retry && <button onClick={retry}>Try again</button>}
        {user && (
          <button id="sign-out" disabled={isSigningOut} onClick={signOut}>
            Sign out everywhere
          </button>
        )}
      </header>
      {/* The page is hidden until the server has answered. */}
      <main>{!isSigningOut && <Outlet />}</main>
    </>
  );
}
