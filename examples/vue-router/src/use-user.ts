import { readonly, ref } from "vue";
import { loadTokens, onSignedOut } from "cognito-signout/eager";

/** The name of the user, `null` while nobody is signed in, `undefined` until that is known. */
const user = ref<string | null>();

async function reload() {
  user.value = (await loadTokens())?.username ?? null;
}

onSignedOut(() => {
  user.value = null;
});

/** Who is signed in: one state for all components. */
export const useUser = () => ({ user: readonly(user), reload });
