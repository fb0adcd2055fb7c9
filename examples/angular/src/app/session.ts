import { computed, Injectable, signal } from "@angular/core";
import { from, type Observable, type Subscription } from "rxjs";
import {
  loadTokens,
  onSignedOut,
  type SignOutOptions,
  type SignOutResult,
} from "cognito-signout/eager";
import { signOut$ } from "./sign-out";

/** Who is signed in, and how far a sign-out has come: one state for all components. */
@Injectable({ providedIn: "root" })
export class Session {
  /** The name of the user, `null` while nobody is signed in, `undefined` until that is known. */
  readonly user = signal<string | null | undefined>(undefined);
  readonly result = signal<SignOutResult | undefined>(undefined);
  readonly stopped = signal(false);
  readonly isSigningOut = computed(() => this.running() !== undefined);
  /** Sends again what failed; set while the result has a `retry`. */
  readonly retry = computed(() => {
    const result = this.result();
    const again = result?.status === "partial" ? result.retry : undefined;
    return again && (() => this.show(from(again())));
  });
  private readonly running = signal<Subscription | undefined>(undefined);

  constructor() {
    // Another tab's sign-out counts too.
    onSignedOut(() => this.user.set(null));
    this.reload().catch(console.error);
  }

  async reload() {
    this.user.set((await loadTokens())?.username ?? null);
  }

  signOut(options: SignOutOptions) {
    this.show(signOut$(options));
  }

  /** Waits no longer for the server. */
  stop() {
    this.running()?.unsubscribe();
    this.running.set(undefined);
    this.stopped.set(true);
  }

  private show(work: Observable<SignOutResult>) {
    this.result.set(undefined);
    this.stopped.set(false);
    this.running.set(
      work.subscribe((result) => {
        this.result.set(result);
        this.running.set(undefined);
      }),
    );
  }
}
