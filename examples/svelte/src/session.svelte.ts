import {
  loadTokens,
  onSignedOut,
  signOut,
  type SignOutOptions,
  type SignOutResult,
} from "cognito-signout";

/** Who is signed in, and how far a sign-out has come. */
class Session {
  /** The name of the user, `null` while nobody is signed in, `undefined` until that is known. */
  user = $state<string | null>();
  isSigningOut = $state(false);
  result = $state.raw<SignOutResult>();
  /** Sends again what failed; set while the result has a `retry`. */
  retry = $derived.by(() => {
    const again =
      this.result?.status === "partial" ? this.result.retry : undefined;
    return again && (() => this.#show(again()));
  });

  async reload() {
    this.user = (await loadTokens())?.username ?? null;
  }

  signOut = (options?: SignOutOptions) => this.#show(signOut(options));

  async #show(work: Promise<SignOutResult>) {
    this.isSigningOut = true;
    this.result = undefined;
    this.result = await work;
    this.isSigningOut = false;
  }
}

/** One for all components. */
export const session = new Session();

// Another tab's sign-out counts too.
onSignedOut(() => {
  session.user = null;
});
