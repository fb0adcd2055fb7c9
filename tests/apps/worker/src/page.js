// The page knows nothing of tokens: all that is done elsewhere.
import { config } from "./config.js";

/**
 * @param {(message: object) => void} post
 * @returns {(said: string) => void} shows an answer
 */
export function start(post) {
  const output = document.querySelector("output");
  document.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    post({ signIn: Object.fromEntries(new FormData(event.target)) });
  });
  document.querySelector("#sign-out").addEventListener("click", () => {
    post({ signOut: { global: true } });
  });
  document.querySelector("#without").addEventListener("click", () => {
    post({ withoutStorage: true });
  });
  post({ configure: config });
  return (said) => {
    output.textContent = said;
  };
}
