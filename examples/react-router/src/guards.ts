import { redirect } from "react-router";
import { currentUser } from "./current-user";

/** The loader of a page for users alone. */
export async function needsUser() {
  return (await currentUser()) ?? redirect("/sign-in");
}

/**
 * The loader of the sign-in page. It waits too: a sign-in that starts during a sign-out would cancel
 * its redirect.
 */
export async function needsNobody() {
  return (await currentUser()) ? redirect("/account") : null;
}
