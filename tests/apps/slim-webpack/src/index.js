import * as cognitoSignOut from "cognito-signout/slim";
import { start } from "./app.js";

cognitoSignOut.setWasmUrl(
  new URL("cognito-signout/engine.wasm", import.meta.url),
);
start(cognitoSignOut);
