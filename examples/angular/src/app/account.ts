import { Component, DestroyRef, inject } from "@angular/core";
import { Router } from "@angular/router";
import { onSignedOut } from "cognito-signout/eager";
import { Session } from "./session";

@Component({
  template: `
    <h1>Account</h1>
    <p>Only {{ session.user() }} sees this.</p>
  `,
})
export class Account {
  protected readonly session = inject(Session);

  constructor() {
    const router = inject(Router);
    // Another tab signed out: leave this page. With a redirect the page is about to leave anyway.
    const stop = onSignedOut(({ redirecting }) => {
      if (!redirecting) router.navigateByUrl("/sign-in").catch(console.error);
    });
    inject(DestroyRef).onDestroy(stop);
  }
}
