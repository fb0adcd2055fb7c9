// The demo in a browser, and what its tests look at.
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { after, before } from "node:test";
import { startLocalCognito } from "cognito-signout-dev";
import { createServer } from "vite";
import { inRoot, workDir } from "../../../scripts/lib/paths.mjs";
import { launch } from "./pages.mjs";

/** @import { Browser, BrowserContextOptions, Locator, Page } from "playwright-core" */
/** @import { LocalCognito } from "cognito-signout-dev" */

/** @type {Browser} */
let browser;
/** @type {import("vite").ViteDevServer} */
let vite;
let cacheDir = "";
let address = "";

/** Starts the demo and a browser for the tests of a file. */
export function useDemo() {
  before(async () => {
    // Test files run side by side, each with what Vite makes of the libraries.
    cacheDir = await mkdtemp(join(workDir, "vite-demo-"));
    vite = await createServer({
      root: inRoot("www"),
      cacheDir,
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
    if (cacheDir) await rm(cacheDir, { recursive: true, force: true });
  });
}

/**
 * @param {{ after: (end: () => Promise<void>) => void }} t
 * @param {BrowserContextOptions} [options]
 * @returns {Promise<{ page: Page, cognito: LocalCognito, requested: string[] }>} `requested`: the paths that the page has asked for
 */
export async function open(t, options) {
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
  /** @type {string[]} */
  const requested = [];
  page.on("request", (request) => requested.push(request.url()));
  await page.goto(address);
  await signInButton(page).first().waitFor();
  return { page, cognito, requested };
}

/** @param {Page | Locator} page */
export const signInButton = (page) =>
  page.getByRole("button", { name: "Sign in", exact: true });

/**
 * A device's card.
 * @param {Page} page
 * @param {"This browser" | "The other device"} name
 */
export const card = (page, name) =>
  page.getByRole("article", { name, exact: true });

/** @param {Page} page @param {"This browser" | "The other device"} [name] */
export async function signIn(page, name = "This browser") {
  await signInButton(card(page, name)).click();
  await card(page, name)
    .getByText("The server accepts this session.")
    .waitFor();
}

/**
 * Chooses what goes wrong, and waits until the server knows.
 * @param {Page} page
 * @param {string} chip
 * @param {string} told what the page says of it
 */
export async function choose(page, chip, told) {
  await page.getByRole("radio", { name: chip }).check();
  await page.getByText(told, { exact: true }).waitFor({ state: "attached" });
}

/** @param {Page} page @param {string} device */
export const signOut = (page, device = "this browser") =>
  page.getByRole("button", { name: `Sign out ${device}` }).click();

/**
 * The tag of the result, once it is the present one's.
 * @param {Page} page
 * @param {string} name
 */
export const tag = (page, name) =>
  page
    .locator("#outcome:not([data-busy]) .summary")
    .getByText(name, { exact: true });

/**
 * A picture for the README and the guide: `UPDATE_DOCS=1 npm test -- --only demo` takes it anew.
 * @param {string} name
 * @param {Page | Locator} what
 */
export async function still(name, what) {
  if (process.env.UPDATE_DOCS)
    await what.screenshot({ path: inRoot(`docs/stills/${name}.png`) });
}

/** @satisfies {Record<string, BrowserContextOptions>} */
export const VIEWS = /** @type {const} */ ({
  "wide and light": {
    viewport: { width: 1280, height: 800 },
    colorScheme: "light",
  },
  "wide and dark": {
    viewport: { width: 1280, height: 800 },
    colorScheme: "dark",
  },
  "narrow and light": {
    viewport: { width: 390, height: 844 },
    colorScheme: "light",
  },
  "narrower and dark": {
    viewport: { width: 360, height: 740 },
    colorScheme: "dark",
  },
});
