import { start } from "./page.js";

await navigator.serviceWorker.register("./worker.js", { type: "module" });
const { active } = await navigator.serviceWorker.ready;
const show = start((message) => active.postMessage(message));
navigator.serviceWorker.addEventListener("message", ({ data }) => show(data));
