// A result: its tag, what it means, its errors with a way out, the timeline and the same as a table.
import { describe } from "cognito-signout/describe";
import { button, duration, h, icon } from "./dom.js";
import { stepTable } from "./steps.js";
import { timeline } from "./timeline.js";
import { errorsOf, type Result } from "./words.js";

/** What the page measured around the call, from outside of the package. */
export interface Measured {
  /** Tokens in the storage when it had returned. */
  tokensLeft: number;
  /** From the call until the promise settled, in ms. */
  settledMs: number;
}

export interface Shown {
  result: Result;
  /** What it means for the user. */
  meaning: string;
  measured?: Measured;
  /** Said above all else: after a redirect, after a retry. */
  occasion: string;
}

export interface Actions {
  retry: () => void;
  /** Switches all faults off; absent where none is on. */
  heal?: () => void;
}

const MARKS = { complete: "yes", partial: "partly", failed: "no" } as const;
const STYLES = { complete: "good", partial: "warn", failed: "bad" } as const;

/** Shows a result in place of the last one. */
export function showResult(
  into: HTMLElement,
  shown: Shown,
  actions: Actions,
): void {
  const { result } = shown;
  const frame = h("div", { class: "timeline" });
  into.replaceChildren(
    summary(shown, actions),
    h(
      "div",
      { class: "card steps" },
      h("h4", {}, "Step by step"),
      result.steps.length ? frame : h("p", {}, "Nothing was begun."),
      result.steps.length > 0 && stepTable(result.steps),
    ),
    h(
      "details",
      { class: "card json" },
      h(
        "summary",
        {},
        "The result as JSON: fit for your log, no token is in it",
      ),
      h(
        "pre",
        { tabindex: 0, role: "region", "aria-label": "The result as JSON" },
        h("code", {}, JSON.stringify(result, null, 2)),
      ),
    ),
  );
  if (result.steps.length) timeline(result.steps, frame);
}

function summary(
  { result, meaning, measured, occasion }: Shown,
  actions: Actions,
): HTMLElement {
  const style = STYLES[result.status];
  const errors = errorsOf(result);
  const canRetry = "retry" in result && result.retry !== undefined;
  const heal =
    canRetry || result.status === "failed" ? actions.heal : undefined;
  const url = measured && logoutUrl(result);
  return h(
    "div",
    { class: `card summary ${style}` },
    h(
      "div",
      { class: "tag-line" },
      h(
        "p",
        { class: `tag ${style}` },
        icon(MARKS[result.status]),
        h("code", {}, result.status),
      ),
      h(
        "div",
        {},
        occasion && h("p", { class: "occasion" }, occasion),
        h("p", { class: "meaning" }, meaning),
        h(
          "p",
          { class: "for-user" },
          h("code", {}, "describe(result)"),
          " tells your user: ",
          h("q", {}, describe(result)),
        ),
      ),
    ),
    figures(result, measured),
    errors.length > 0 &&
      h(
        "ul",
        { class: "errors" },
        ...errors.map(({ field, title, error }) =>
          h(
            "li",
            {},
            h("h4", {}, title),
            h(
              "p",
              { class: "codes" },
              h("code", {}, field),
              h("code", {}, error.code),
            ),
            h("p", {}, error.message),
            h(
              "p",
              { class: "way-out" },
              h("strong", {}, "What to do: "),
              error.recoverySuggestion,
            ),
            h(
              "p",
              { class: "hint" },
              error.retryable
                ? "Trying again may help."
                : "Trying again alone will not help.",
            ),
          ),
        ),
      ),
    (canRetry || heal || url) &&
      h(
        "p",
        { class: "buttons" },
        canRetry && button("Retry what failed", "primary", actions.retry),
        heal && healButton(heal),
        url && h("a", { class: "button", href: url }, "Follow the logout URL"),
      ),
    "appState" in result && result.appState !== undefined
      ? h(
          "p",
          { class: "hint" },
          "App state handed back: ",
          h("code", {}, JSON.stringify(result.appState)),
        )
      : null,
  );
}

/** Goes once it is pressed: there is nothing left to switch off. */
function healButton(heal: () => void): HTMLElement {
  const element = button("Switch the faults off", "", () => {
    heal();
    element.parentElement?.querySelector("button")?.focus();
    element.remove();
  });
  return element;
}

function figures(result: Result, measured: Measured | undefined): HTMLElement {
  const cleared = result.steps.find(
    (step) => step.step === "clear" && step.outcome === "ok",
  );
  const requests = result.steps.reduce((sum, step) => sum + step.attempts, 0);
  const figure = (value: string, label: string) =>
    h("div", {}, h("dt", {}, label), h("dd", {}, value));
  return h(
    "dl",
    { class: "figures" },
    cleared
      ? figure(
          duration(cleared.startedAtMs + cleared.durationMs),
          "until the tokens were gone",
        )
      : null,
    // A retry clears nothing.
    measured && (cleared || result.status === "failed")
      ? figure(
          measured.tokensLeft === 0 ? "none" : String(measured.tokensLeft),
          "tokens in storage when the call returned",
        )
      : null,
    measured
      ? figure(duration(measured.settledMs), "until the promise settled")
      : null,
    figure(String(requests), requests === 1 ? "request sent" : "requests sent"),
  );
}

/** Where to end the hosted UI's session, if the browser is not on its way there. */
function logoutUrl(result: Result): string | undefined {
  if (result.status === "failed") return undefined;
  return result.status === "partial"
    ? (result.hostedUIError?.url ?? result.logoutUrl)
    : result.logoutUrl;
}
