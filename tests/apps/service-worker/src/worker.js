import * as cognitoSignOut from "cognito-signout";
import { inMemory, tasksOf } from "./tasks.js";

const answer = tasksOf(cognitoSignOut, inMemory());

addEventListener("message", (event) => {
  const answered = answer(event.data).then((said) =>
    event.source.postMessage(said),
  );
  // Until then it is not ended.
  event.waitUntil(answered);
});
