import { Authenticator } from "@aws-amplify/ui-react";
import "@aws-amplify/ui-react/styles.css";
import { describe } from "cognito-signout/describe";
import { useSignOut } from "cognito-signout/react";

/** Above the sign-in form: what the last sign-out came to. */
function SignedOut() {
  const { result, retry } = useSignOut();
  if (!result) return null;
  return (
    <div className="told">
      <p role="status">{describe(result)}</p>
      {retry && (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

const components = { SignIn: { Header: SignedOut } };

export function App() {
  // In place of the `signOut` that <Authenticator> hands over.
  const { signOut, isSigningOut, result } = useSignOut({ global: true });
  return (
    <main>
      <h1>Authenticator</h1>
      <Authenticator components={components}>
        {({ user }) => (
          <>
            <output>signed in as {user?.username}</output>
            {result?.status === "failed" && (
              <p role="status">{describe(result)}</p>
            )}
            <button id="sign-out" disabled={isSigningOut} onClick={signOut}>
              Sign out everywhere
            </button>
          </>
        )}
      </Authenticator>
    </main>
  );
}
