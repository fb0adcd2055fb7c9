import { NavLink, Outlet, useRouteLoaderData } from "react-router";
import { useSignOut } from "./use-sign-out.js";

export function Layout() {
  const user = useRouteLoaderData("layout");
  const { busy, result, signOut, retry } = useSignOut();

  const standing = busy
    ? "signing out"
    : user
      ? `signed in as ${user}`
      : result
        ? `signed out: ${result.status}`
        : "nobody is signed in";

  return (
    <>
      <header>
        <nav>
          <NavLink to="/">Home</NavLink>
          <NavLink to="/account">Account</NavLink>
          {!user && <NavLink to="/sign-in">Sign in</NavLink>}
        </nav>
        <output>{standing}</output>
        {user && (
          <button
            id="sign-out"
            disabled={busy}
            onClick={() => signOut({ global: true })}
          >
            Sign out everywhere
          </button>
        )}
        {!user && result?.status === "partial" && (
          <p role="alert">
            Signed out here, but not all was done.{" "}
            {result.retry && <button onClick={retry}>Try again</button>}
          </p>
        )}
        {result?.status === "failed" && (
          <p role="alert">Not signed out. {result.error.recoverySuggestion}</p>
        )}
      </header>
      {/* What a user saw is not to be seen until the server has answered. */}
      <main>{!busy && <Outlet />}</main>
    </>
  );
}
