import { start } from "./page.js";

const show = start(async (message) => {
  const said = await chrome.runtime.sendMessage(message);
  show(said);
});
