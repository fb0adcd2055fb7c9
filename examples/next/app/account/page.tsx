import { fetchUserAttributes } from "aws-amplify/auth/server";
import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { runWithAmplifyServerContext } from "../../src/server";

/**
 * Check where data is read: Cognito refuses the access token of a session that was signed out, on any
 * device. The token's signature alone does not tell.
 */
const email = () =>
  runWithAmplifyServerContext({
    nextServerContext: { cookies },
    operation: async (context) => (await fetchUserAttributes(context)).email,
  }).catch(() => undefined);

export default async function Account() {
  const name = (await email()) ?? redirect("/sign-in");
  return (
    <>
      <h1>Account</h1>
      <p>Only {name} sees this.</p>
    </>
  );
}
