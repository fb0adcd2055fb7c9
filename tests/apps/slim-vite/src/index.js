import * as cognitoSignOut from "cognito-signout/slim";
import url from "cognito-signout/engine.wasm?url";
import { start } from "./app.js";

cognitoSignOut.setWasmUrl(url);
start(cognitoSignOut);
