// The button that copies the line to install by.
import { byId } from "./dom.js";

export function copyButton(): void {
  const copy = byId("copy");
  const status = byId("copied");
  const line = byId("install-line").textContent?.trim() ?? "";
  copy.addEventListener("click", () => {
    const done = navigator.clipboard?.writeText(line) ?? Promise.reject();
    done.then(
      () => (status.textContent = "Copied."),
      () => (status.textContent = "Your browser did not allow it."),
    );
  });
}
