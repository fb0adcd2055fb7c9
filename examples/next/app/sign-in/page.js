import { SignIn } from "./sign-in.js";

export const metadata = { title: "Sign in" };

export default function Page() {
  return <SignIn />;
}
