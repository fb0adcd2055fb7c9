import {
  configure,
  loadTokens,
  onSignedOut,
  signOut,
  storeTokens,
} from "cognito-signout";
import { start } from "./app.js";

start({ configure, loadTokens, onSignedOut, signOut, storeTokens });
