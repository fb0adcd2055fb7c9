// The comparison: a button for each fault, and both sides.
import { clearFaults, type Info } from "../control.js";
import { button, h, icon } from "../dom.js";
import { SCENARIOS, type Scenario } from "./scenarios.js";
import { side, type Library } from "./side.js";

/** Parts of index.html that it fills. */
export interface Places {
  readonly scenarios: HTMLElement;
  readonly story: HTMLElement;
  readonly sides: HTMLElement;
  readonly status: HTMLElement;
}

/** Fills the section. Until a fault is chosen no app is open, and aws-amplify is not loaded. */
export function comparison(info: Info, places: Places): void {
  const poolId = info.userPoolId;
  const libraries: Library[] = [
    {
      name: "aws-amplify",
      version: String(import.meta.env["AMPLIFY_VERSION"]),
      poolId,
      clientId: "3side4amplify5for6the7demo",
      hasTimeLimit: false,
    },
    {
      name: "cognito-signout",
      version: String(import.meta.env["OWN_VERSION"]),
      poolId,
      clientId: "4side5own6client7for8thedemo",
      hasTimeLimit: true,
    },
  ];
  const heal = async () => {
    for (const { clientId } of libraries) await clearFaults({ clientId });
  };
  const sides = libraries.map((library) => side(library, heal));
  const buttons = SCENARIOS.map((scenario) => {
    const element = button(
      scenario.name,
      "scenario",
      () => void play(scenario),
    );
    element.prepend(icon("play"));
    element.setAttribute("aria-pressed", "false");
    return element;
  });
  places.scenarios.append(...buttons);
  places.sides.append(...sides.map(({ element }) => element));

  let current: object | undefined;

  async function play(scenario: Scenario): Promise<void> {
    const mine = (current = {});
    SCENARIOS.forEach((other, index) =>
      buttons[index]?.setAttribute("aria-pressed", String(other === scenario)),
    );
    places.story.replaceChildren(
      scenario.what,
      scenario.note ? h("small", {}, scenario.note) : "",
    );
    places.status.textContent = `${scenario.name}: both apps sign in, then out.`;
    places.sides.toggleAttribute("data-running", true);
    const told = await Promise.all(
      sides.map((side) => side.play(scenario)),
    ).catch((error: unknown) => [
      error instanceof Error ? error.message : String(error),
    ]);
    if (current !== mine) return;
    places.sides.toggleAttribute("data-running", false);
    places.status.textContent = told.join(" ");
  }
}
