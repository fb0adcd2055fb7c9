import { Component, inject, signal } from "@angular/core";
import { Router } from "@angular/router";
import { storeTokens } from "cognito-signout/eager";
import { signIn } from "../sign-in";
import { Session } from "./session";

@Component({
  template: `
    <h1>Sign in</h1>
    <form (submit)="submit($event)">
      <label>
        User name
        <input name="username" autocomplete="username" required />
      </label>
      <label>
        Password
        <input
          name="password"
          type="password"
          autocomplete="current-password"
          required
        />
      </label>
      <button>Sign in</button>
    </form>
    <p role="alert">{{ refused() }}</p>
  `,
})
export class SignIn {
  protected readonly refused = signal("");
  private readonly router = inject(Router);
  private readonly session = inject(Session);

  protected async submit(event: Event) {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    try {
      await storeTokens(
        await signIn(
          String(form.get("username")),
          String(form.get("password")),
        ),
      );
      await this.session.reload();
      await this.router.navigateByUrl("/account");
    } catch (error) {
      this.refused.set((error as Error).message);
    }
  }
}
