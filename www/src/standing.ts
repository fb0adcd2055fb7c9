// Where a device stands, in the server's eyes: for its card, and for the strip beside the result.
import type { Device } from "./devices.js";
import { h, icon } from "./dom.js";

export interface Standing {
  readonly style: "plain" | "info" | "good" | "warn";
  readonly mark: "yes" | "no" | "partly" | "none";
  /** On the badge. */
  readonly badge: string;
  /** What the server says of its session. */
  readonly words: string;
}

export function standing({
  tokens,
  verdict,
  isEndedAsAsked,
}: Device): Standing {
  const accepted = verdict?.accepted;
  if (tokens) {
    const badge = "Signed in";
    if (accepted === true)
      return {
        style: "info",
        mark: "yes",
        badge,
        words: "The server accepts this session.",
      };
    if (accepted === undefined)
      return {
        style: "plain",
        mark: "none",
        badge,
        words: "The server could not be asked.",
      };
    // That was to be so, or it is nothing that a sign-out here could be blamed for.
    return isEndedAsAsked
      ? {
          style: "good",
          mark: "yes",
          badge: "Ended everywhere",
          words: "The server has ended this session, as asked.",
        }
      : {
          style: "plain",
          mark: "no",
          badge: "Session ended",
          words: "The server has ended this session.",
        };
  }
  const badge = "Signed out";
  if (accepted === true)
    return {
      style: "warn",
      mark: "partly",
      badge,
      words: "The server would still accept the tokens it had.",
    };
  if (accepted === false)
    return {
      style: "good",
      mark: "yes",
      badge,
      words: "The server refuses the tokens it had.",
    };
  return {
    style: "plain",
    mark: "none",
    badge,
    words: "No session to ask the server about.",
  };
}

/** Shows both devices beside the result; call it again when they have changed. */
export function showStanding(
  element: HTMLElement,
  devices: readonly Device[],
): void {
  const rows = devices.map((device) => ({ device, ...standing(device) }));
  const text = rows.map(({ badge, words }) => badge + words).join("|");
  if (element.dataset["text"] === text) return;
  element.dataset["text"] = text;
  element.replaceChildren(
    ...rows.map(({ device, style, mark, badge, words }) =>
      h(
        "p",
        { class: style },
        h("strong", {}, device.name),
        h("span", {}, icon(mark), badge),
        h("small", {}, words),
      ),
    ),
  );
}
