import { onMounted, onUnmounted, ref } from "vue";
import { loadTokens, onSignedOut, signOut } from "cognito-signout";

/** Who is signed in, and how to sign out. */
export function useSession() {
  /** The name of the user, `null` while nobody is signed in, `undefined` until that is known. */
  const user = ref();
  const result = ref();
  const busy = ref(false);

  async function reload() {
    user.value = (await loadTokens())?.username ?? null;
  }

  async function show(work) {
    busy.value = true;
    // A result works behind Vue's proxies: `retry` and the tokens stay readable.
    result.value = await work;
    busy.value = false;
  }

  let stop = () => {};
  onMounted(() => {
    stop = onSignedOut(() => {
      user.value = null;
    });
    reload().catch(console.error);
  });
  onUnmounted(() => stop());

  return {
    user,
    result,
    busy,
    reload,
    leave: (options) => show(signOut(options)),
    retry: () => show(result.value.retry()),
  };
}
