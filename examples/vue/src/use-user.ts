import { onMounted, onUnmounted, ref } from "vue";
import { loadTokens, onSignedOut } from "cognito-signout";

/** The name of the user, `null` while nobody is signed in, `undefined` until that is known. */
export function useUser() {
  const user = ref<string | null>();

  async function reload() {
    user.value = (await loadTokens())?.username ?? null;
  }

  let stop = () => {};
  onMounted(() => {
    // Another tab's sign-out counts too.
    stop = onSignedOut(() => {
      user.value = null;
    });
    reload().catch(console.error);
  });
  onUnmounted(() => stop());

  return { user, reload };
}
