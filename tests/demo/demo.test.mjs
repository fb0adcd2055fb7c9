// Two devices to sign out, as a person meets them: in the light and in the dark, wide and narrow, and by axe.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  VIEWS,
  card,
  choose,
  open,
  signIn,
  signInButton,
  signOut,
  still,
  tag,
  useDemo,
} from "./lib/demo.mjs";
import { look } from "./lib/pages.mjs";

const GOING_WRONG = "Going wrong: RevokeToken, GlobalSignOut.";

useDemo();

for (const [name, options] of Object.entries(VIEWS))
  test(`signed out, signed in, complete, partial, failed: ${name}`, async (t) => {
    const { page } = await open(t, options);
    const result = page.locator("#result");
    const takesStills = name === "wide and light";
    for (const summary of await page.locator("summary").all())
      await summary.click();
    await look(page);
    for (const summary of await page.locator("summary").all())
      await summary.click();
    await page.getByText("Nothing yet: sign in, then sign out.").waitFor();

    await signIn(page);
    await page.getByText("Nothing yet: sign out, and read here").waitFor();
    await look(page);

    await signOut(page);
    await tag(page, "complete").waitFor();
    await result.getByRole("table").waitFor();
    await tells(page, "You are signed out.");
    await look(page);

    await signIn(page);
    await choose(page, "Too many requests", GOING_WRONG);
    await signOut(page);
    await tag(page, "partial").waitFor();
    await tells(
      page,
      "You are signed out on this device. The server could not confirm it yet. Wait a moment and try again.",
    );
    await look(page);
    if (takesStills) await still("partial", page.locator("#outcome"));

    await signIn(page);
    await choose(page, "Storage refuses", "Going wrong: the storage.");
    await signOut(page);
    await tag(page, "failed").waitFor();
    await tells(page, "You may still be signed in on this device. Try again.");
    await look(page);
  });

test("a session that a global sign-out ended elsewhere is no warning, and its card signs in again", async (t) => {
  const { page, cognito } = await open(t, VIEWS["narrow and light"]);
  const other = card(page, "The other device");
  await signIn(page, "The other device");
  await signIn(page);
  await page.getByLabel("On all devices").check();
  await signOut(page);
  await tag(page, "complete").waitFor();
  await other.getByText("Ended everywhere").waitFor();
  await other
    .getByText("The server has ended this session, as asked.")
    .waitFor();
  assert.equal(await page.locator("#try .warn").count(), 0);
  await look(page);

  // The card is shown anew with each answer; the button stays.
  for (let asked = 0; asked < 3; asked++)
    await Promise.all([
      page.waitForResponse(`${cognito.origin}/`),
      other.getByRole("button", { name: "Ask again" }).click(),
    ]);
  assert.equal(
    await other.getByRole("button", { name: "Sign in again" }).count(),
    1,
  );
  await other.getByRole("button", { name: "Sign in again" }).click();
  assert.equal(
    await other.getByLabel("User name").evaluate(isFocused),
    true,
    "the focus is in the form",
  );
  await signIn(page, "The other device");
  assert.equal(await other.getByText("Ended everywhere").count(), 0);
});

test("a session that another one ended, unasked, is no warning either", async (t) => {
  const { page, cognito } = await open(t);
  const browser = card(page, "This browser");
  await signIn(page);
  for (const { id } of cognito.control.sessions())
    cognito.control.endSession(id);
  await browser.getByRole("button", { name: "Ask again" }).click();
  await browser.getByText("Session ended").waitFor();
  assert.equal(await page.locator("#try .warn").count(), 0);
  await browser.getByRole("button", { name: "Sign in again" }).click();
  await signIn(page);
});

test("what is deferred is held back, and has not failed; lines cross no words", async (t) => {
  for (const view of [VIEWS["wide and light"], VIEWS["narrow and light"]]) {
    const { page } = await open(t, view);
    await signIn(page);
    await choose(page, "Silent server", GOING_WRONG);
    await page.getByLabel("On all devices").check();
    await signOut(page);
    await tag(page, "partial").waitFor();
    const revoke = page.getByRole("row", { name: /^RevokeToken/ });
    await revoke.getByText("held back", { exact: true }).waitFor();
    assert.match((await revoke.textContent()) ?? "", /deferred/);
    const failed = page.locator("#outcome .failed");
    assert.deepEqual(
      (await failed.allTextContents()).filter((text) => /Revoke/.test(text)),
      [],
    );
    await page
      .getByText("The refresh token is revoked after the other sessions")
      .waitFor();
    await page.locator(".timeline svg").waitFor();
    assert.deepEqual(await page.evaluate(crossedWords), []);
  }
});

test("the devices stay in sight while the result shows", async (t) => {
  for (const [view, names] of /** @type {const} */ ([
    [VIEWS["wide and light"], ["#browser", "#phone"]],
    [VIEWS["narrow and light"], ["#standing"]],
  ])) {
    const { page } = await open(t, view);
    await signIn(page, "The other device");
    await signIn(page);
    await choose(page, "Too many requests", GOING_WRONG);
    await signOut(page);
    await tag(page, "partial").waitFor();
    await page.getByText("would still accept").first().waitFor();
    for (const place of ["#outcome .summary", "#outcome .steps h4"]) {
      await page.locator(place).evaluate((part) => {
        const above = 120; // of the strip
        document.documentElement.style.scrollBehavior = "auto";
        scrollBy(0, part.getBoundingClientRect().top - above);
      });
      for (const name of names)
        assert.equal(
          await page.locator(name).evaluate((part) => {
            const { top, bottom, height } = part.getBoundingClientRect();
            return height > 0 && top >= 0 && bottom <= innerHeight;
          }),
          true,
          `${name}, at ${place}`,
        );
    }
  }
});

test("what is more to go wrong: chips and lists say the same", async (t) => {
  const { page, cognito } = await open(t);
  const chip = (/** @type {string} */ name) =>
    page.getByRole("radio", { name });
  const list = page.getByRole("combobox", { name: /^RevokeToken$/ });
  await page.getByText("More that goes wrong").click();
  await choose(page, "Answer lost", GOING_WRONG);
  assert.equal(await list.inputValue(), "lost");
  // Of these two devices alone.
  assert.deepEqual(
    cognito.control
      .faults()
      .map(({ operation, clientId }) => [operation, typeof clientId]),
    ["RevokeToken", "RevokeToken", "GlobalSignOut", "GlobalSignOut"].map(
      (name) => [name, "string"],
    ),
  );
  await list.selectOption("off");
  await until(async () => !(await chip("Answer lost").isChecked()));
  await page.reload();
  await signInButton(page).first().waitFor();
  await page.getByText("More that goes wrong").click();
  await until(async () => (await list.inputValue()) === "off");
  await choose(page, "All well", "All is well.");
  assert.equal(await list.inputValue(), "ok");
  assert.deepEqual(cognito.control.faults(), []);
});

/**
 * What a user would be told, in the words of `cognito-signout/describe`.
 * @param {import("playwright-core").Page} page
 * @param {string} text
 */
const tells = (page, text) =>
  page.locator(".for-user q").getByText(text, { exact: true }).waitFor();

/** @param {Element} element */
const isFocused = (element) => element === document.activeElement;

/** @param {() => Promise<boolean>} isSo */
async function until(isSo) {
  while (!(await isSo()))
    await new Promise((resolve) => setTimeout(resolve, 20));
}

/** The words of the timeline that a line runs through. It runs in the page. */
function crossedWords() {
  const svg = document.querySelector(".timeline svg");
  const texts = [...(svg?.querySelectorAll("text") ?? [])];
  const found = [];
  for (const path of svg?.querySelectorAll(".axis path, .marker path") ?? [])
    for (const [, x, y, down] of (path.getAttribute("d") ?? "").matchAll(
      /M([\d.]+) ([\d.]+)v([\d.]+)/g,
    ))
      for (const text of texts) {
        const box = text.getBBox();
        const [left, top, height] = [Number(x), Number(y), Number(down)];
        if (
          left > box.x &&
          left < box.x + box.width &&
          top < box.y + box.height &&
          top + height > box.y
        )
          found.push(text.textContent);
      }
  if (texts.length === 0) found.push("there is no text");
  if (!svg?.querySelector(".axis path")) found.push("there is no line");
  return found;
}
