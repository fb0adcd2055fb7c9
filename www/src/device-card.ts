// A device as a card: sign-in form or session, and what the server says of it.
import { type CognitoError, shortened, signInWithPassword } from "./cognito.js";
import { minutesLeft, type Device } from "./devices.js";
import { button, h, icon } from "./dom.js";
import { goToSignIn } from "./hosted-ui.js";

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
      await changed();
      title.focus({ preventScroll: true });
    } catch (error) {
      alert.textContent = (error as CognitoError | Error).message;
    } finally {
      form.toggleAttribute("data-busy", false);
    }
  }

  return {
    element,
    fail: (message) => void (alert.textContent = message),
    render() {
      const signedIn = device.tokens !== null;
      const ended = signedIn && device.verdict?.accepted === false;
      badge.className = `badge ${ended ? "warn" : signedIn ? "info" : "plain"}`;
      badge.replaceChildren(
        ended ? "Ended by the server" : signedIn ? "Signed in" : "Signed out",
      );
      // The form keeps its node, and so its focus and what was typed.
      const wanted = device.tokens ? session(device) : form;
      if (wanted !== form || !form.isConnected) body.replaceChildren(wanted);
      if (signedIn) alert.textContent = "";
      note.textContent = device.note;
      renderVerdict(verdict, device);
    },
  };
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
    !device.hasHostedUI &&
      h(
        "p",
        { class: "hint" },
        "By password only: the hosted UI's cookie belongs to a browser, and this page has but one.",
      ),
  );
}

function session(device: Device): HTMLElement {
  const tokens = device.tokens;
  if (!tokens) return h("p");
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
  { tokens, verdict }: Device,
): void {
  const [style, mark, words] = verdictWords(tokens !== null, verdict?.accepted);
  const text = `${words}|${verdict?.detail ?? ""}`;
  if (element.dataset["text"] === text) return; // nothing new
  element.dataset["text"] = text;
  element.className = `verdict ${style}`;
  element.replaceChildren(
    icon(mark),
    h("span", {}, words, verdict ? h("small", {}, verdict.detail) : null),
  );
}

function verdictWords(
  signedIn: boolean,
  accepted: boolean | undefined,
): [style: string, mark: string, words: string] {
  if (accepted === undefined)
    return [
      "plain",
      "none",
      signedIn
        ? "The server could not be asked."
        : "No session to ask the server about.",
    ];
  if (signedIn) {
    return accepted
      ? ["info", "yes", "The server accepts this session."]
      : ["warn", "no", "The server refuses this session."];
  }
  return accepted
    ? ["warn", "partly", "The server would still accept the tokens it had."]
    : ["good", "yes", "The server refuses the tokens it had."];
}
