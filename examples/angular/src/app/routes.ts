import type { Routes } from "@angular/router";
import { Account } from "./account";
import { needsNobody, needsUser } from "./guards";
import { Home } from "./home";
import { SignIn } from "./sign-in";

export const routes: Routes = [
  { path: "", pathMatch: "full", component: Home },
  { path: "account", canActivate: [needsUser], component: Account },
  { path: "sign-in", canActivate: [needsNobody], component: SignIn },
];
