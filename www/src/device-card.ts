// A device as a card: sign-in form or session, and what the server says of it.
import type { Tokens } from "cognito-signout";
import { type CognitoError, shortened, signInWithPassword } from "./cognito.js";
import { minutesLeft, type Device } from "./devices.js";
import { button, h, icon } from "./dom.js";
import { goToSignIn } from "./hosted-ui.js";
import { standing } from "./standing.js";

export interface Card {
  readonly element: HTMLElement;
  /** Shows the device as it is now. */
  render(): void;
  /** Shows why a sign-in did not work. */
  fail(message: string): void;
}

/** Makes a device's card. `changed` is called after a sign-in, `recheck` when the user asks the server again. */
export function deviceCard(
  device: Device,
  changed: () => Promise<void>,
  recheck: () => void,
): Card {
  const titleId = `${device.id}-title`;
  let isSigningInAgain = false;
  const badge = h("span", { class: "badge" });
  const body = h("div", { class: "device-body" });
  const verdict = h("p", { class: "verdict" });
  const note = h("p", { class: "note", role: "status" });
  const alert = h("p", { class: "alert", role: "alert" });
  const title = h("h3", { id: titleId, tabindex: -1 }, device.name);
  const form = signInForm(device);
  const again = button("Ask again", "quiet", recheck);
  again.setAttribute("aria-label", `Ask again about ${device.phrase}`);
  const element = h(
    "article",
    { class: "card device", id: device.id, "aria-labelledby": titleId },
    h(
      "header",
      {},
      icon(device.id === "phone" ? "phone" : "laptop"),
      h("div", {}, title, h("p", { class: "where" }, device.where)),
      badge,
    ),
    body,
    alert,
    note,
    h("footer", {}, verdict, again),
  );

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void signIn();
  });
  form.querySelector("[data-hosted-ui]")?.addEventListener("click", () => {
    if (refuseWhileSigningOut()) return;
    void goToSignIn(device.clientId);
  });

  function refuseWhileSigningOut(): boolean {
    if (device.client.isSigningOut())
      alert.textContent =
        "A sign-out is under way. Try again when it has ended.";
    return device.client.isSigningOut();
  }

  async function signIn(): Promise<void> {
    alert.textContent = "";
    if (refuseWhileSigningOut()) return;
    const data = new FormData(form);
    form.toggleAttribute("data-busy", true);
    try {
      const result = await signInWithPassword(
        device.clientId,
        String(data.get("username")),
        String(data.get("password")),
      );
      await device.client.storeTokens(result);
      device.note = "";
      isSigningInAgain = false;
      await changed();
      title.focus({ preventScroll: true });
    } catch (error) {
      alert.textContent = (error as CognitoError | Error).message;
    } finally {
      form.toggleAttribute("data-busy", false);
    }
  }

  const anew = button("Sign in again", "primary", () => {
    isSigningInAgain = true;
    card.render();
    form.querySelector("input")?.focus();
  });
  const wayBack = h("p", { class: "buttons" }, anew);
  const details = h("div");
  const card: Card = {
    element,
    fail: (message) => void (alert.textContent = message),
    render() {
      const { style, mark, badge: badgeWords, words } = standing(device);
      const isOver = device.verdict?.accepted === false;
      if (!device.tokens || !isOver) isSigningInAgain = false;
      badge.className = `badge ${device.tokens ? style : "plain"}`;
      badge.textContent = badgeWords;
      // What has the focus keeps its node, and the form what was typed.
      if (device.tokens && !isSigningInAgain) {
        if (!details.isConnected) body.replaceChildren(details, wayBack);
        wayBack.hidden = !isOver;
        const now = session(device.tokens);
        if (details.textContent !== now.textContent)
          details.replaceChildren(now);
      } else if (!form.isConnected) body.replaceChildren(form);
      if (device.tokens && !isSigningInAgain) alert.textContent = "";
      setText(note, device.note);
      renderVerdict(verdict, style, mark, words, device.verdict?.detail);
    },
  };
  return card;
}

/** A live region says its text again if that is set again. */
function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

function signInForm(device: Device): HTMLFormElement {
  const field = (
    name: string,
    label: string,
    attributes: Record<string, string>,
  ) =>
    h(
      "p",
      { class: "field" },
      h("label", { for: `${device.id}-${name}` }, label),
      h("input", {
        id: `${device.id}-${name}`,
        name,
        required: true,
        ...attributes,
      }),
    );
  return h(
    "form",
    {
      class: "sign-in",
      "aria-label": `Sign in ${device.place}`,
    },
    h(
      "div",
      { class: "fields" },
      field("username", "User name", {
        value: "jane.doe@example.com",
        autocomplete: "username",
        autocapitalize: "none",
        spellcheck: "false",
      }),
      field("password", "Password", {
        value: "Passw0rd!",
        type: "password",
        autocomplete: "off",
      }),
    ),
    h(
      "p",
      { class: "buttons" },
      h("button", { type: "submit", class: "primary" }, "Sign in"),
      device.hasHostedUI &&
        h(
          "button",
          { type: "button", "data-hosted-ui": true },
          "Use the hosted UI",
        ),
    ),
  );
}

function session(tokens: Tokens): HTMLElement {
  const minutes = minutesLeft(tokens);
  const row = (name: string, token: string | undefined, extra?: string) =>
    h(
      "div",
      {},
      h("dt", {}, name),
      h(
        "dd",
        {},
        token ? h("code", {}, shortened(token)) : "none",
        extra && h("span", { class: "extra" }, extra),
      ),
    );
  return h(
    "div",
    { class: "session" },
    h(
      "p",
      {},
      h("strong", {}, tokens.username ?? "somebody"),
      tokens.signInMethod === "hostedUI"
        ? ", through the hosted UI"
        : ", by password",
    ),
    h(
      "dl",
      {},
      row(
        "Access token",
        tokens.accessToken,
        minutes === undefined ? undefined : `expires in ${minutes} min`,
      ),
      row("ID token", tokens.idToken),
      row("Refresh token", tokens.refreshToken),
    ),
  );
}

function renderVerdict(
  element: HTMLElement,
  style: string,
  mark: string,
  words: string,
  detail: string | undefined,
): void {
  const text = `${words}|${detail ?? ""}`;
  if (element.dataset["text"] === text) return; // nothing new
  element.dataset["text"] = text;
  element.className = `verdict ${style}`;
  element.replaceChildren(
    icon(mark),
    h("span", {}, words, detail ? h("small", {}, detail) : null),
  );
}
