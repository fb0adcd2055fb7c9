import { redirect, type ActionFunctionArgs } from "react-router";
import { storeTokens } from "cognito-signout/eager";
import { signIn } from "./sign-in";

/** The action of the sign-in form: why it was refused, or on to the account. */
export async function submit({ request }: ActionFunctionArgs) {
  const form = await request.formData();
  try {
    await storeTokens(
      await signIn(String(form.get("username")), String(form.get("password"))),
    );
  } catch (error) {
    return (error as Error).message;
  }
  return redirect("/account");
}
