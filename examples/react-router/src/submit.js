import { redirect } from "react-router";
import { storeTokens } from "cognito-signout/eager";
import { config } from "./config.js";
import { signIn } from "./sign-in.js";

/** The action of the sign-in form: what went wrong, or on to the account. */
export async function submit({ request }) {
  const form = await request.formData();
  try {
    await storeTokens(
      await signIn(config, form.get("username"), form.get("password")),
    );
  } catch (error) {
    return error.message;
  }
  return redirect("/account");
}
