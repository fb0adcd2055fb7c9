// The product's page: what it is, how it is had, and that it is for everyone.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { inRoot } from "../../scripts/lib/paths.mjs";
import {
  VIEWS,
  card,
  open,
  signIn,
  signOut,
  tag,
  useDemo,
} from "./lib/demo.mjs";

useDemo();

test("says what it is, how it is installed, and where more is", async (t) => {
  const { page } = await open(t, {
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const { name, repository } = JSON.parse(
    await readFile(inRoot("package.json"), "utf8"),
  );
  assert.equal(
    await page.getByRole("heading", { level: 1 }).textContent(),
    "Signed out of Cognito. Really.",
  );
  await page.getByRole("button", { name: "Copy" }).click();
  await page.getByText("Copied.").waitFor();
  assert.equal(
    await page.evaluate(() => navigator.clipboard.readText()),
    `npm install ${name}`,
  );
  const links = page.getByRole("navigation").getByRole("link");
  const addresses = Object.fromEntries(
    await links.evaluateAll((found) =>
      found.map((link) => [link.textContent, link.getAttribute("href")]),
    ),
  );
  assert.equal(
    addresses["GitHub"],
    repository.url.replace(/^git\+|\.git$/g, ""),
  );
  assert.equal(addresses["npm"], `https://www.npmjs.com/package/${name}`);
  assert.match(addresses["Docs"] ?? "", /^https:\/\//);
});

test("says so where copying is not allowed", async (t) => {
  const { page } = await open(t);
  await page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new Error("no"));
  });
  await page.getByRole("button", { name: "Copy" }).click();
  await page.getByText("Your browser did not allow it.").waitFor();
});

test("loads nothing of aws-amplify until it is compared with", async (t) => {
  const { page, requested } = await open(t);
  const ofAmplify = () =>
    requested.filter((url) => /amplify|app\.html/.test(new URL(url).pathname));
  await signIn(page);
  assert.deepEqual(ofAmplify(), []);
  await page.getByRole("button", { name: "A second tab" }).click();
  await page.locator("iframe").first().waitFor();
  await page.waitForRequest(/aws-amplify/);
  assert.notDeepEqual(ofAmplify(), []);
});

test("by keyboard alone: all is reached, each focus is seen, and it works", async (t) => {
  const { page } = await open(t, {
    ...VIEWS["wide and light"],
    reducedMotion: "reduce",
  });
  await page.evaluate(() => {
    for (const details of document.querySelectorAll("details"))
      details.open = true;
  });
  // Of a group of radio buttons one is reached, and arrows lead on from there.
  const wanted = await page
    .locator(
      "a[href], button, input:not([type=radio]), input:checked, select, summary, [tabindex='0']",
    )
    .evaluateAll((parts) =>
      parts
        .filter((part) => part.checkVisibility())
        .map((part, index) => {
          part.setAttribute("data-stop", String(index));
          return String(index);
        }),
    );
  /** @type {Set<string>} */
  const reached = new Set();
  for (const _ of wanted) {
    await page.keyboard.press("Tab");
    const { stop, ring, isInSight, html } = await page.evaluate(focused);
    assert.ok(stop, `not expected: ${html}`);
    assert.ok(ring >= 2, `its focus is not seen: ${html}`);
    assert.ok(isInSight, `out of sight: ${html}`);
    reached.add(stop);
  }
  assert.deepEqual([...reached], wanted);

  const tabTo = async (/** @type {string} */ name) => {
    for (let i = 0; i <= wanted.length; i++) {
      await page.keyboard.press("Tab");
      const { html, text } = await page.evaluate(focused);
      if (/^<button/.test(html) && text === name) return;
    }
    assert.fail(`${name}: not reached`);
  };
  await tabTo("Sign in");
  await page.keyboard.press("Enter");
  await card(page, "This browser")
    .getByText("The server accepts this session.")
    .waitFor();
  await tabTo("Sign out this browser");
  await page.keyboard.press("Enter");
  await tag(page, "complete").waitFor();
  await tabTo("A refused request");
  await page.keyboard.press("Enter");
  await page.locator("#sides:not([data-running])").waitFor();
  await tabTo("End the fault, and retry()");
  await page.keyboard.press("Enter");
  await page.getByText("retry() settled: complete.").waitFor();
  // The button is gone, but the place in the page is not.
  assert.notEqual(
    await page.evaluate(() => document.activeElement?.tagName),
    "BODY",
  );
});

test("live regions say each thing once", async (t) => {
  const { page, cognito } = await open(t);
  await signIn(page);
  await page.evaluate(() => {
    /** @type {string[]} */
    const said = [];
    Object.assign(globalThis, { said });
    for (const region of document.querySelectorAll(
      "[role=status], [role=alert]",
    ))
      new MutationObserver(() => {
        if (region.textContent) said.push(region.textContent);
      }).observe(region, {
        childList: true,
        characterData: true,
        subtree: true,
      });
  });
  const said = () =>
    page.evaluate(
      () =>
        /** @type {{ said: string[] }} */ (/** @type {any} */ (globalThis))
          .said,
    );
  // The page asks the server again and again, and says nothing of it.
  const asked = () => cognito.control.requests({ operation: "GetUser" }).length;
  const before = asked();
  await page.getByRole("button", { name: "A silent server" }).click();
  await page.locator("#sides:not([data-running])").waitFor();
  while (asked() < before + 2) await page.waitForResponse(cognito.origin + "/");
  const [begun, over, ...more] = await said();
  assert.match(begun ?? "", /^A silent server: both apps sign in/);
  assert.match(
    over ?? "",
    /^aws-amplify: Still signed in; .* cognito-signout: Signed out here/,
  );
  assert.deepEqual(more, []);

  await signOut(page);
  await tag(page, "complete").waitFor();
  const last = (await said()).slice(2);
  assert.equal(last.length, 2);
  assert.match(last[0] ?? "", /^Signing out/);
  assert.match(last[1] ?? "", /^complete: /);
});

for (const [reducedMotion, behavior] of /** @type {const} */ ([
  ["reduce", "auto"],
  ["no-preference", "smooth"],
]))
  test(`the result comes into sight: motion ${reducedMotion}`, async (t) => {
    const { page } = await open(t, {
      ...VIEWS["narrow and light"],
      reducedMotion,
    });
    await signIn(page);
    await page.getByRole("button", { name: "Sign out this browser" }).focus();
    await page.evaluate(() => {
      const places = [scrollY];
      Object.assign(globalThis, { places });
      addEventListener("scroll", () => places.push(scrollY));
    });
    await page.keyboard.press("Enter");
    await tag(page, "complete").waitFor();
    await page.waitForFunction(
      () =>
        Math.abs(
          document.getElementById("result")?.getBoundingClientRect().top ?? 0,
        ) < 40,
    );
    const { places, used } = await page.evaluate(() => ({
      places: /** @type {number[]} */ (/** @type {any} */ (globalThis).places),
      used: getComputedStyle(document.documentElement).scrollBehavior,
    }));
    assert.equal(used, behavior);
    const [first = 0] = places;
    const way = Math.abs((places.at(-1) ?? 0) - first);
    const leaps = places.map((y, index) =>
      Math.abs(y - (places[index - 1] ?? first)),
    );
    assert.ok(way > 0);
    if (reducedMotion === "reduce")
      assert.ok(Math.max(...leaps) > 0.9 * way, `no leap: ${places}`);
  });

/** What has the focus. It runs in the page. */
function focused() {
  const part = document.activeElement ?? document.body;
  const { outlineStyle, outlineWidth } = getComputedStyle(
    part.closest(".chip") ?? part,
  );
  const { top, bottom } = part.getBoundingClientRect();
  return {
    stop: part.getAttribute("data-stop"),
    html: part.outerHTML.slice(0, 120),
    text: part.textContent?.trim(),
    ring: outlineStyle === "none" ? 0 : parseFloat(outlineWidth),
    isInSight: bottom > 0 && top < innerHeight,
  };
}
