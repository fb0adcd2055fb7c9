// The steps as a table: the text form of the timeline.
import type { SignOutStep } from "cognito-signout";
import { count, duration, h, icon } from "./dom.js";
import { outcomeOf, stepWords } from "./words.js";

const COLUMNS = ["Step", "Outcome", "Began", "Took", "In detail"] as const;
const MARKS = {
  ok: "yes",
  skipped: "none",
  "held back": "partly",
  failed: "no",
} as const;

// Narrow screens stack the cells, which takes the roles away: so they are said.
export function stepTable(steps: readonly SignOutStep[]): HTMLElement {
  return h(
    "table",
    { role: "table", "aria-label": "The steps in words" },
    h(
      "thead",
      { role: "rowgroup" },
      h(
        "tr",
        { role: "row" },
        ...COLUMNS.map((name) =>
          h("th", { role: "columnheader", scope: "col" }, name),
        ),
      ),
    ),
    h("tbody", { role: "rowgroup" }, ...steps.map(row)),
  );
}

function row(step: SignOutStep): HTMLElement {
  const { name, what } = stepWords(step);
  const outcome = outcomeOf(step);
  const cell = (
    column: (typeof COLUMNS)[number],
    style: string,
    ...content: (Node | string)[]
  ) =>
    h("td", { role: "cell", class: style, "data-column": column }, ...content);
  return h(
    "tr",
    { role: "row", class: outcome },
    h("th", { role: "rowheader", scope: "row" }, name, h("small", {}, what)),
    cell("Outcome", "outcome", icon(MARKS[outcome]), outcome),
    cell("Began", "time", duration(step.startedAtMs)),
    cell(
      "Took",
      "time",
      step.outcome === "skipped" ? "–" : duration(step.durationMs),
    ),
    cell("In detail", "details", details(step)),
  );
}

function details(step: SignOutStep): string {
  return [
    step.code,
    step.reason,
    step.attempts > 0 && count(step.attempts, "request"),
    step.status && `HTTP ${step.status}`,
    step.requestId && `request id ${step.requestId.slice(0, 8)}…`,
  ]
    .filter(Boolean)
    .join(" · ");
}
