import { Component, computed, inject } from "@angular/core";
import { RouterLink, RouterOutlet } from "@angular/router";
import { Session } from "./session";

@Component({
  selector: "app-root",
  imports: [RouterLink, RouterOutlet],
  templateUrl: "./app.html",
})
export class App {
  protected readonly session = inject(Session);

  protected readonly standing = computed(() => {
    const { user, result, busy, stopped } = this.session;
    if (busy()) return "signing out";
    if (user()) return `signed in as ${user()}`;
    if (stopped()) return "signed out here; the server was not waited for";
    if (result()) return `signed out: ${result()?.status}`;
    return user() === null ? "nobody is signed in" : "";
  });

  /** What is to be said when it failed. */
  protected readonly failure = computed(() => {
    const result = this.session.result();
    return result?.status === "failed" ? result.error.recoverySuggestion : "";
  });
}
