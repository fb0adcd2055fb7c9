// The pages of the local Cognito's hosted UI: in the light and in the dark, wide and narrow, by keyboard, and by axe.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { startLocalCognito } from "cognito-signout-dev";
import { listen } from "../../scripts/lib/listen.mjs";
import { launch, look } from "./lib/pages.mjs";

/** @import { Browser, Page } from "playwright-core" */

const JANE = "jane.doe@example.com";
const MFA_USER = "mfa.user@example.com";
/** @type {Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof startLocalCognito>>} */
let cognito;
/** @type {Awaited<ReturnType<typeof listen>>} */
let app;
let home = "";

before(async () => {
  app = await listen(
    createServer((_, response) => response.end("<title>App</title>")),
  );
  home = `${app.origin}/`;
  cognito = await startLocalCognito({
    callbackUrls: [home],
    logoutUrls: [home],
    users: [{ username: "a".repeat(120), password: "b".repeat(120) }],
  });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await cognito?.close();
  await app?.close();
});

/**
 * @param {{ after: (end: () => Promise<void>) => void }} t
 * @param {import("playwright-core").BrowserContextOptions} [options]
 */
async function open(t, options) {
  const context = await browser.newContext(options);
  t.after(() => context.close());
  // It ends a test that hangs.
  context.setDefaultTimeout(120_000);
  return context.newPage();
}

/** @param {string} path @param {Record<string, string>} query */
const address = (path, query) =>
  `${cognito.origin}${path}?${new URLSearchParams({ client_id: cognito.clientId, ...query })}`;

const signInAddress = () =>
  address("/oauth2/authorize", {
    response_type: "code",
    redirect_uri: home,
    scope: "openid",
  });

/** Whether the app got a code. @param {Page} page */
async function isSignedIn(page) {
  await page.waitForURL((url) => url.href.startsWith(home));
  return new URL(page.url()).searchParams.has("code");
}

for (const [name, options] of /** @type {const} */ ([
  ["wide", { viewport: { width: 1280, height: 800 }, colorScheme: "light" }],
  ["narrow", { viewport: { width: 390, height: 844 }, colorScheme: "dark" }],
])) {
  test(`each page is accessible and fits: ${name}, ${options.colorScheme}`, async (t) => {
    const page = await open(t, options);
    await page.goto(cognito.origin);
    await look(page);

    await page.goto(signInAddress());
    await look(page);
    await page.fill("[name=username]", JANE);
    await page.fill("[name=password]", "wrong");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").waitFor();
    await look(page);
    await page.getByRole("button", { name: MFA_USER }).click();
    await page.getByRole("heading", { name: "Enter your code" }).waitFor();
    await look(page);

    await page.goto(
      address("/logout", { logout_uri: `${home}${"a".repeat(200)}` }),
    );
    await page.getByText("Registered sign-out URLs").waitFor();
    await look(page);
  });
}

test("one click signs a user in", async (t) => {
  const page = await open(t);
  await page.goto(signInAddress());
  await page.getByRole("button", { name: JANE }).click();
  assert.equal(await isSignedIn(page), true);
  const [user] = cognito.control.hostedUISessions();
  assert.equal(user?.username, JANE);
});

test("by keyboard alone, second factor included", async (t) => {
  const page = await open(t);
  /** @param {string} text how the button begins */
  const tabTo = async (text) => {
    for (let i = 0; i < 20; i++) {
      const focused = await page.evaluate(
        () =>
          document.activeElement?.matches("button") &&
          document.activeElement.textContent?.trim(),
      );
      if (focused && focused.startsWith(text)) return;
      await page.keyboard.press("Tab");
    }
    assert.fail(`${text}: not reached`);
  };
  await page.goto(signInAddress());
  await tabTo(MFA_USER);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Enter your code" }).waitFor();
  await tabTo("123456");
  await page.keyboard.press("Enter");
  assert.equal(await isSignedIn(page), true);
});
