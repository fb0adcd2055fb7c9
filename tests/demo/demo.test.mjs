// The demo, as a person meets it: in the light and in the dark, wide and narrow, by mouse and by keyboard, and by axe.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startLocalCognito } from "cognito-signout-dev";
import { createServer } from "vite";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { launch, look } from "./lib/pages.mjs";

/** @import { Browser, Page } from "playwright-core" */

/** @type {Browser} */
let browser;
/** @type {import("vite").ViteDevServer} */
let vite;
let address = "";

before(async () => {
  vite = await createServer({
    root: inRoot("www"),
    server: { port: 0 },
    logLevel: "error",
    define: {
      // As npm start gives it: by the time the port is known, the environment has been read.
      "import.meta.env.VITE_COGNITO_ORIGIN": "window.cognitoOrigin",
    },
  });
  await vite.listen();
  address = vite.resolvedUrls?.local[0] ?? "";
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await vite?.close();
});

/**
 * @param {{ after: (end: () => Promise<void>) => void }} t
 * @param {import("playwright-core").BrowserContextOptions} [options]
 */
async function open(t, options) {
  // One of its own: its faults and sessions are the page's to set.
  const cognito = await startLocalCognito({
    port: 0,
    callbackUrls: [address],
    logoutUrls: [address],
  });
  t.after(() => cognito.close());
  const context = await browser.newContext(options);
  t.after(() => context.close());
  // It ends a test that hangs.
  context.setDefaultTimeout(120_000);
  await context.addInitScript(
    `window.cognitoOrigin = ${JSON.stringify(cognito.origin)}`,
  );
  const page = await context.newPage();
  await page.goto(address);
  await page
    .getByRole("button", { name: "Sign in", exact: true })
    .first()
    .waitFor();
  return page;
}

/**
 * The tag of the result, once it is the present one's.
 * @param {Page} page
 * @param {string} name
 */
const tag = (page, name) =>
  page
    .locator("#outcome:not([data-busy]) .summary")
    .getByText(name, { exact: true });

/**
 * A picture for the README: `UPDATE_DOCS=1 npm test -- --only demo` takes it anew.
 * @param {string} name
 * @param {Page | import("playwright-core").Locator} what
 */
async function still(name, what) {
  if (process.env.UPDATE_DOCS)
    await what.screenshot({ path: inRoot(`docs/stills/${name}.png`) });
}

for (const [name, options] of /** @type {const} */ ([
  ["wide", { viewport: { width: 1200, height: 800 }, colorScheme: "light" }],
  ["narrow", { viewport: { width: 360, height: 740 }, colorScheme: "dark" }],
])) {
  test(`signed out, signed in, complete, partial, failed: ${name}, ${options.colorScheme}`, async (t) => {
    const page = await open(t, options);
    const result = page.locator("#result");
    const signIn = page.getByRole("button", { name: "Sign in", exact: true });
    const signOut = page.getByRole("button", { name: "Sign out this browser" });
    await look(page);

    await signIn.first().click();
    await page.getByText("The server accepts this session.").first().waitFor();
    await look(page);
    if (name === "wide") await still("signed-in", page);

    await signOut.click();
    await tag(page, "complete").waitFor();
    await result.getByRole("table").waitFor();
    await look(page);

    await signIn.first().click();
    await page.getByText("The server accepts this session.").first().waitFor();
    await page
      .getByRole("combobox", { name: /^RevokeToken/ })
      .first()
      .selectOption({ index: 1 });
    await signOut.click();
    await tag(page, "partial").waitFor();
    await look(page);
    if (name === "wide") await still("partial", page.locator("#outcome"));

    await signIn.first().click();
    await page.getByText("The server accepts this session.").first().waitFor();
    await page
      .getByRole("checkbox", { name: "Storage refuses to forget" })
      .check();
    await signOut.click();
    await tag(page, "failed").waitFor();
    await look(page);
  });
}

test("by keyboard alone", async (t) => {
  const page = await open(t);
  /** @param {string} name */
  const tabTo = async (name) => {
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press("Tab");
      const focused = await page.evaluate(
        () =>
          document.activeElement?.matches("button") &&
          document.activeElement.textContent?.trim(),
      );
      if (focused === name) return;
    }
    assert.fail(`${name}: not reached`);
  };
  await tabTo("Sign in");
  await page.keyboard.press("Enter");
  await page.getByText("The server accepts this session.").first().waitFor();
  await tabTo("Sign out this browser");
  await page.keyboard.press("Enter");
  await tag(page, "complete").waitFor();
});
