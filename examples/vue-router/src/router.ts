import { createRouter, createWebHistory } from "vue-router";
import { onSignedOut } from "cognito-signout/eager";
import Account from "./Account.vue";
import Home from "./Home.vue";
import SignIn from "./SignIn.vue";
import { currentUser } from "./current-user";

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: "/", component: Home },
    { path: "/account", component: Account, meta: { needs: "user" } },
    { path: "/sign-in", component: SignIn, meta: { needs: "nobody" } },
  ],
});

router.beforeEach(async ({ meta: { needs } }) => {
  // A page that all may see need not wait. The sign-in page does: a sign-in that starts during a
  // sign-out would cancel its redirect.
  if (!needs) return;
  const user = await currentUser();
  if (needs === "user" && !user) return "/sign-in";
  if (needs === "nobody" && user) return "/account";
});

// The open page, in other tabs too. With a redirect the page is about to leave.
onSignedOut(({ redirecting }) => {
  if (!redirecting && router.currentRoute.value.meta.needs === "user")
    router.replace("/sign-in").catch(console.error);
});
