import { ref } from "vue";
import { loadTokens, onSignedOut, signOut } from "cognito-signout/eager";

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

onSignedOut(() => (user.value = null));

/** Who is signed in, and how to sign out: one state for all components. */
export const useSession = () => ({
  user,
  result,
  busy,
  reload,
  leave: (options) => show(signOut(options)),
  retry: () => show(result.value.retry()),
});
