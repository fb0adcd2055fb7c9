import * as cognitoSignOut from "cognito-signout";
import { inMemory, tasksOf } from "./tasks.js";

const answer = tasksOf(cognitoSignOut, inMemory());

addEventListener("message", async ({ data }) => {
  postMessage(await answer(data));
});
