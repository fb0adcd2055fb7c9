import { computed, shallowReadonly, shallowRef } from "vue";
import {
  signOut as startSignOut,
  type SignOutOptions,
  type SignOutResult,
} from "cognito-signout";

// One state for all components: the one that began the sign-out may be gone when the result comes.
const pending = shallowRef(0);
const result = shallowRef<SignOutResult>();

async function show(work: Promise<SignOutResult>) {
  pending.value++;
  result.value = undefined;
  const settled = await work;
  pending.value--;
  result.value = settled;
  return settled;
}

/** Signs out, and says how far that has come. */
export const useSignOut = (options?: SignOutOptions) => ({
  signOut: () => show(startSignOut(options)),
  isSigningOut: computed(() => pending.value > 0),
  result: shallowReadonly(result),
  /** Sends again what failed; set while the result has a `retry`. */
  retry: computed(() => {
    const last = result.value;
    const again = last?.status === "partial" ? last.retry : undefined;
    return again && (() => show(again()));
  }),
});
