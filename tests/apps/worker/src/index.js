// The page knows nothing of tokens: all that is done in a worker.
const worker = new Worker(new URL("./worker.js", import.meta.url), {
  type: "module",
});
const output = document.querySelector("output");

worker.addEventListener("message", ({ data }) => {
  output.textContent = data;
});
worker.postMessage({ configure: globalThis.setup.config });

document.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  worker.postMessage({
    signIn: Object.fromEntries(new FormData(event.target)),
  });
});
document.querySelector("#sign-out").addEventListener("click", () => {
  worker.postMessage({ signOut: { global: true } });
});
document.querySelector("#without").addEventListener("click", () => {
  worker.postMessage({ withoutStorage: true });
});
