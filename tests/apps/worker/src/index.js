import { start } from "./page.js";

const worker = new Worker(new URL("./worker.js", import.meta.url), {
  type: "module",
});
const show = start((message) => worker.postMessage(message));
worker.addEventListener("message", ({ data }) => show(data));
