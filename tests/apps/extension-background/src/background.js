import * as cognitoSignOut from "../node_modules/cognito-signout/dist/eager.js";
import { tasksOf } from "./tasks.js";

const { local } = chrome.storage;
const answer = tasksOf(cognitoSignOut, {
  getItem: async (key) => (await local.get(key))[key] ?? null,
  setItem: (key, value) => local.set({ [key]: value }),
  removeItem: (key) => local.remove(key),
  keys: async () => Object.keys(await local.get(null)),
});

chrome.runtime.onMessage.addListener((message, sender, send) => {
  answer(message).then(send);
  // It comes later.
  return true;
});
