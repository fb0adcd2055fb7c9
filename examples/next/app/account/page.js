import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { cognito } from "../../src/cognito.js";

/** Where data is read is where it is checked: Cognito refuses the access token of a session that was signed out, on any device. */
async function user() {
  const AccessToken = (await cookies()).get("access_token")?.value;
  if (!AccessToken) return null;
  try {
    return (await cognito("GetUser", { AccessToken })).Username;
  } catch {
    return null;
  }
}

export default async function Account() {
  const name = (await user()) ?? redirect("/sign-in");
  return (
    <>
      <h1>Account</h1>
      <p>Only {name} sees this.</p>
    </>
  );
}
