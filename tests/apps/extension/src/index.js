import * as cognitoSignOut from "../node_modules/cognito-signout/dist/index.js";
import { start } from "./app.js";

start(cognitoSignOut);
