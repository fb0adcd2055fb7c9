// The options of signOut, as a form, and as the code that they make.
import type { SignOutOptions } from "cognito-signout";
import { h } from "./dom.js";

export interface OptionsForm {
  /** The options as chosen; those left at their default are left out. */
  read(): SignOutOptions;
}

/**
 * Fills the form, with `easy` beside its buttons. `signOut` is called in the click itself, as a
 * popup needs it.
 */
export function optionsForm(
  form: HTMLFormElement,
  devices: readonly { id: string; phrase: string }[],
  easy: HTMLElement,
  signOut: (deviceId: string) => void,
): OptionsForm {
  const code = h("code");
  form.append(
    easy,
    check(
      "global",
      "On all devices",
      "global: ends every session of this user (GlobalSignOut)",
    ),
    h(
      "p",
      { class: "buttons" },
      ...devices.map(({ id, phrase }, index) =>
        h(
          "button",
          {
            type: "submit",
            name: "device",
            value: id,
            class: index === 0 ? "primary" : "",
          },
          `Sign out ${phrase}`,
        ),
      ),
    ),
    h(
      "pre",
      {
        class: "code",
        tabindex: 0,
        role: "region",
        "aria-label": "The call as code",
      },
      code,
    ),
    h(
      "details",
      {},
      h("summary", {}, "More options of signOut"),
      field(
        "hostedUI",
        "The hosted UI's own session",
        select("hostedUI", [
          ["auto", "auto: if it signed the user in"],
          ["redirect", "redirect: leave for it"],
          ["popup", "popup: first, in a popup"],
          ["manual", "manual: hand me the URL"],
          ["none", "none: leave it alive"],
        ]),
        "Only its own page can end it. While it lives, the next sign-in asks for no password.",
      ),
      field(
        "timeoutMs",
        "Wait at most (ms)",
        number("timeoutMs", 0, "5000"),
        "For all that is remote together. The tokens never wait.",
      ),
      field(
        "redirectUrl",
        "Come back to",
        text("redirectUrl", "by rule: this page"),
        "Must be a configured one exactly; try another one.",
      ),
      field(
        "abortMs",
        "Abort after (ms)",
        number("abortMs", 0, "never"),
        "As signal: AbortSignal.timeout(…)",
      ),
      field(
        "appState",
        "App state",
        text("appState", "none"),
        "Comes back with the result after a redirect.",
      ),
      check(
        "forgetDevice",
        "Forget this device",
        "forgetDevice: the keys of a remembered device go too",
      ),
      check(
        "retryWhenOnline",
        "Retry when online",
        "retryWhenOnline: send failed revocations again when the network is back",
      ),
    ),
  );

  const read = () => readOptions(new FormData(form));
  const show = () =>
    void (code.textContent = asCode(read(), new FormData(form).get("abortMs")));
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const pressed = event.submitter as HTMLButtonElement | null;
    signOut(pressed?.value ?? devices[0]?.id ?? "");
  });
  show();
  return { read };
}

function readOptions(data: FormData): SignOutOptions {
  const value = (name: string) => String(data.get(name) ?? "").trim();
  const options: SignOutOptions = {};
  if (data.has("global")) options.global = true;
  if (value("hostedUI") !== "auto")
    options.hostedUI = value("hostedUI") as NonNullable<
      SignOutOptions["hostedUI"]
    >;
  if (value("timeoutMs")) options.timeoutMs = Number(value("timeoutMs"));
  if (value("redirectUrl")) options.redirectUrl = value("redirectUrl");
  if (value("abortMs"))
    options.signal = AbortSignal.timeout(Number(value("abortMs")));
  if (value("appState")) options.appState = value("appState");
  if (data.has("forgetDevice")) options.forgetDevice = true;
  if (data.has("retryWhenOnline")) options.retryWhenOnline = true;
  return options;
}

function asCode(
  options: SignOutOptions,
  abortMs: FormDataEntryValue | null,
): string {
  const lines = Object.entries(options).map(([name, value]) =>
    name === "signal"
      ? `  signal: AbortSignal.timeout(${String(abortMs)}),`
      : `  ${name}: ${JSON.stringify(value)},`,
  );
  const argument = lines.length ? `{\n${lines.join("\n")}\n}` : "";
  return `const result = await signOut(${argument});`;
}

function field(
  name: string,
  label: string,
  control: HTMLElement,
  hint: string,
): HTMLElement {
  control.setAttribute("aria-describedby", `${name}-hint`);
  return h(
    "p",
    { class: "field" },
    h("label", { for: `option-${name}` }, label),
    control,
    h("span", { class: "hint", id: `${name}-hint` }, hint),
  );
}

function check(name: string, label: string, hint: string): HTMLElement {
  return h(
    "p",
    { class: "check" },
    h("input", {
      type: "checkbox",
      name,
      id: `option-${name}`,
      "aria-describedby": `${name}-hint`,
    }),
    h("label", { for: `option-${name}` }, label),
    h("span", { class: "hint", id: `${name}-hint` }, hint),
  );
}

function select(name: string, choices: [string, string][]): HTMLElement {
  return h(
    "select",
    { name, id: `option-${name}` },
    ...choices.map(([value, label]) => h("option", { value }, label)),
  );
}

const text = (name: string, placeholder: string) =>
  h("input", {
    name,
    id: `option-${name}`,
    placeholder,
    autocomplete: "off",
    spellcheck: "false",
  });

const number = (name: string, min: number, placeholder: string) =>
  h("input", {
    name,
    id: `option-${name}`,
    type: "number",
    min,
    step: 1,
    inputmode: "numeric",
    placeholder,
  });
