import { Component, computed, inject } from "@angular/core";
import { RouterLink, RouterOutlet } from "@angular/router";
import { describe } from "cognito-signout/describe";
import { Session } from "./session";

@Component({
  selector: "app-root",
  imports: [RouterLink, RouterOutlet],
  templateUrl: "./app.html",
})
export class App {
  protected readonly session = inject(Session);

  protected readonly standing = computed(() => {
    const { user, isSigningOut } = this.session;
    if (isSigningOut()) return "signing out";
    if (user()) return `signed in as ${user()}`;
    return user() === null ? "nobody is signed in" : "";
  });

  /** What the user is told. After a failed sign-out the user is still signed in. */
  protected readonly told = computed(() => {
    const { user, result, stopped } = this.session;
    if (stopped())
      return "You are signed out on this device. The server was not waited for.";
    const last = result();
    if (!last || (user() && last.status !== "failed")) return "";
    return describe(last);
  });
}
