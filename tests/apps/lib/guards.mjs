// What the tests of route guards look at: a sign-out that is held back under way, and every heading that the page has shown meanwhile.
import { PASSWORD } from "../../e2e/lib/world.mjs";

/**
 * @import { Page } from "playwright-core"
 * @import { Visitor } from "../../e2e/lib/world.mjs"
 */

/** Notes each heading that is to be seen, over all documents of a tab; it stands alone, as the `init` of a visitor. */
export function noteHeadings() {
  const note = () => {
    const heading =
      [...document.querySelectorAll("h1")].find((h1) => h1.checkVisibility())
        ?.textContent ?? "";
    const shown = JSON.parse(sessionStorage.getItem("shown") ?? "[]");
    if (shown.at(-1) !== heading)
      sessionStorage.setItem("shown", JSON.stringify([...shown, heading]));
  };
  new MutationObserver(note).observe(document, {
    attributes: true,
    characterData: true,
    childList: true,
    subtree: true,
  });
}

/** The headings that a tab has shown, "" where there was none. @param {Page} page @returns {Promise<string[]>} */
export const shown = (page) =>
  page.evaluate(() => JSON.parse(sessionStorage.getItem("shown") ?? "[]"));

/** @param {Page} page */
export const forgetShown = (page) =>
  page.evaluate(() => sessionStorage.removeItem("shown"));

/**
 * @param {Page} page
 * @param {string} text
 */
export const heading = (page, text) =>
  page.locator("h1", { hasText: text }).waitFor();

/**
 * Signs in by the app's own form, which leads to the account.
 * @param {Visitor} jane
 * @param {string} origin
 */
export async function signIn({ page, username }, origin) {
  await page.goto(`${origin}/sign-in`);
  await page.fill("[name=username]", username);
  await page.fill("[name=password]", PASSWORD);
  await page.click("form button");
  await heading(page, "Account");
}

/**
 * Holds back what a sign-out asks Cognito, until it is released.
 * @param {Visitor} jane
 */
export async function hold({ context, world }) {
  const gate = signal();
  const came = signal();
  const { origin } = world.cognito;
  await context.route(
    (url) => url.origin === origin,
    async (route) => {
      const operation = route.request().headers()["x-amz-target"] ?? "";
      if (/\.(?:GlobalSignOut|RevokeToken)$/.test(operation)) {
        came.give();
        await gate.given;
      }
      // The page may be gone.
      await route.continue().catch(() => {});
    },
  );
  return { came: came.given, release: gate.give };
}

function signal() {
  let give = () => {};
  const given = new Promise((resolve) => {
    give = () => resolve(undefined);
  });
  return { given, give };
}

/**
 * Goes on by the tabulator until something has the focus.
 * @param {Page} page
 * @param {string} name the one that assistive technology says
 */
export async function tabTo(page, name) {
  for (let i = 0; i < 20; i++) {
    await page.keyboard.press("Tab");
    const focused = page.locator(":focus");
    if (
      (await focused.count()) === 1 &&
      (await focused.ariaSnapshot()).includes(`"${name}"`)
    )
      return;
  }
  throw new Error(`${name} is not reached by keyboard`);
}

/** Lets as much of a page's time pass as a guard needs to look several times. @param {Page} page */
export const guardLooks = (page) =>
  page.evaluate(async () => {
    for (let i = 0; i < 5; i++)
      await new Promise((resolve) => setTimeout(resolve, 60));
  });
