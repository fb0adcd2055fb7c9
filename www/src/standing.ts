// Where both devices stand after a sign-out, in the server's eyes.
import type { Device } from "./devices.js";
import { h, icon } from "./dom.js";

/** Shows both devices; call it again when they have changed. */
export function showStanding(
  element: HTMLElement,
  devices: readonly Device[],
): void {
  const rows = devices.map((device) => ({ device, ...standing(device) }));
  const text = rows.map(({ words }) => words).join("|");
  if (element.dataset["text"] === text) return;
  element.dataset["text"] = text;
  element.replaceChildren(
    h("h3", {}, "Both devices now"),
    h(
      "ul",
      {},
      ...rows.map(({ device, mark, style, words }) =>
        h(
          "li",
          { class: style },
          icon(mark),
          h("span", {}, h("strong", {}, device.name), ` ${words}`),
        ),
      ),
    ),
  );
}

function standing({ tokens, verdict }: Device): {
  mark: string;
  style: string;
  words: string;
} {
  const accepted = verdict?.accepted;
  if (tokens) {
    if (accepted === true)
      return {
        mark: "yes",
        style: "info",
        words: "is signed in, and the server accepts its session.",
      };
    if (accepted === false)
      return {
        mark: "partly",
        style: "warn",
        words: "still holds its tokens, but the server has ended its session.",
      };
    return {
      mark: "none",
      style: "plain",
      words: "is signed in; the server could not be asked.",
    };
  }
  if (accepted === true)
    return {
      mark: "partly",
      style: "warn",
      words:
        "is signed out, but the server would still accept the tokens it had.",
    };
  if (accepted === false)
    return {
      mark: "yes",
      style: "good",
      words: "is signed out, and the server refuses the tokens it had.",
    };
  return { mark: "none", style: "plain", words: "is signed out." };
}
