// The same fault for aws-amplify and cognito-signout: what the page says of each is so.
import assert from "node:assert/strict";
import { test } from "node:test";
import { VIEWS, choose, open, still, useDemo } from "./lib/demo.mjs";
import { look } from "./lib/pages.mjs";

/** @import { Page } from "playwright-core" */
/** @import { LocalCognito } from "cognito-signout-dev" */

/** @typedef {"aws-amplify" | "cognito-signout"} Name */

useDemo();

/**
 * One side, as it is shown.
 * @param {Page} page
 * @param {Name} name
 */
async function side(page, name) {
  const article = page.getByRole("article", { name: new RegExp(`^${name}`) });
  const words = (/** @type {string} */ term) =>
    article
      .locator("dl > div")
      .filter({ has: page.getByText(term, { exact: true }) })
      .locator(".words")
      .innerText();
  const screens = [];
  for (const frame of await article.locator("iframe").all())
    screens.push(await frame.contentFrame().locator("strong").innerText());
  return {
    headline: await article.locator(".headline").innerText(),
    promise: await words("The promise"),
    storage: await words("localStorage"),
    server: await words("The refresh token, at Cognito"),
    shown: (await article.locator(".stored li").allInnerTexts()).slice(1),
    screens,
  };
}

/**
 * What is so on that side: the names of the tokens that are stored, and whether its session is alive at the server.
 * @param {Page} page
 * @param {LocalCognito} cognito
 * @param {Name} name
 */
async function truth(page, cognito, name) {
  const id = cognito.control
    .clients()
    .map(({ id }) => id)
    .find((id) => id.includes(name === "aws-amplify" ? "amplify" : "own"));
  assert.ok(id);
  const stored = await page.evaluate(
    (id) =>
      Object.keys(localStorage)
        .filter((key) => key.includes(id) && key.endsWith("Token"))
        .map((key) => key.slice(key.lastIndexOf(".") + 1))
        .sort(),
    id,
  );
  const last = cognito.control.sessions({ clientId: id }).at(-1);
  assert.ok(last);
  return { stored, isAlive: !last.revoked };
}

/** @param {Page} page @param {string} scenario */
async function play(page, scenario) {
  await page.getByRole("button", { name: scenario }).click();
  await page.locator("#sides:not([data-running])").waitFor();
}

const TOKENS = ["accessToken", "idToken", "refreshToken"];

for (const [name, options] of Object.entries(VIEWS))
  test(`a silent server, until it answers again: ${name}`, async (t) => {
    const { page, cognito } = await open(t, options);
    await play(page, "A silent server");
    const amplify = await side(page, "aws-amplify");
    assert.equal(amplify.headline, "Still signed in");
    assert.match(amplify.promise, /^Pending for .* s, with no time limit\.$/);
    assert.equal(amplify.storage, "3 tokens still there.");
    assert.deepEqual(
      amplify.shown.map((line) => /^\w+/.exec(line)?.[0]),
      TOKENS,
    );
    assert.equal(amplify.server, "Still works.");
    assert.deepEqual(amplify.screens, ["Signed in"]);
    assert.deepEqual(await truth(page, cognito, "aws-amplify"), {
      stored: TOKENS,
      isAlive: true,
    });

    const own = await side(page, "cognito-signout");
    assert.equal(own.headline, "Signed out here, the rest is reported");
    assert.match(own.promise, /^Settled after 5\.\d s: partial\./);
    assert.equal(
      own.storage,
      "No token. They were gone when signOut() returned.",
    );
    assert.deepEqual(own.shown, []);
    assert.equal(own.server, "Still works. The result says so.");
    assert.deepEqual(own.screens, ["Signed out"]);
    assert.deepEqual(await truth(page, cognito, "cognito-signout"), {
      stored: [],
      isAlive: true,
    });
    await look(page);
    if (name === "wide and light")
      await still("side-by-side", page.locator("#compare"));

    await page
      .getByRole("button", { name: "End the fault, and retry()" })
      .click();
    await page.getByText("retry() settled: complete.").waitFor();
    const after = await side(page, "cognito-signout");
    assert.equal(after.headline, "Signed out");
    assert.equal(after.server, "Refused: revoked.");
    assert.equal(
      (await truth(page, cognito, "cognito-signout")).isAlive,
      false,
    );
    assert.match((await side(page, "aws-amplify")).promise, /^Pending/);
    await look(page);
  });

test("a refresh in flight", async (t) => {
  const { page, cognito } = await open(t, VIEWS["narrow and light"]);
  await play(page, "A refresh in flight");
  const amplify = await side(page, "aws-amplify");
  assert.equal(amplify.headline, "Signed in again");
  assert.match(amplify.promise, /^Resolved after .*, without a result\.$/);
  assert.equal(amplify.storage, "3 tokens: the refresh stored them again.");
  assert.equal(amplify.server, "Refused: revoked.");
  assert.deepEqual(amplify.screens, ["Signed in"]);
  assert.deepEqual(await truth(page, cognito, "aws-amplify"), {
    stored: TOKENS,
    isAlive: false,
  });

  const own = await side(page, "cognito-signout");
  assert.equal(own.headline, "Signed out");
  assert.match(own.promise, /^Settled after .*: complete\./);
  assert.match(own.storage, /^No token\. They were gone when signOut\(\) ret/);
  assert.deepEqual(own.screens, ["Signed out"]);
  assert.deepEqual(await truth(page, cognito, "cognito-signout"), {
    stored: [],
    isAlive: false,
  });
  await look(page);
});

test("a second tab, whatever goes wrong with the devices below", async (t) => {
  const { page, cognito } = await open(t, VIEWS["narrow and light"]);
  await choose(
    page,
    "Silent server",
    "Going wrong: RevokeToken, GlobalSignOut.",
  );
  await play(page, "A second tab");
  const amplify = await side(page, "aws-amplify");
  assert.equal(amplify.headline, "Tab 2 still shows the user");
  assert.match(amplify.storage, /^No token, .* after the call\.$/);
  assert.deepEqual(amplify.screens, ["Signed out", "Signed in"]);

  const own = await side(page, "cognito-signout");
  assert.equal(own.headline, "Signed out");
  assert.deepEqual(own.screens, ["Signed out", "Signed out"]);
  for (const name of /** @type {const} */ (["aws-amplify", "cognito-signout"]))
    assert.deepEqual(await truth(page, cognito, name), {
      stored: [],
      isAlive: false,
    });
  await look(page);
});

test("a refused request", async (t) => {
  const { page, cognito } = await open(t, VIEWS["narrow and light"]);
  await play(page, "A refused request");
  const amplify = await side(page, "aws-amplify");
  assert.equal(amplify.headline, "Signed out here, the rest unreported");
  assert.match(amplify.promise, /^Resolved after .*, without a result\.$/);
  assert.equal(amplify.server, "Still works.");
  const own = await side(page, "cognito-signout");
  assert.equal(own.headline, "Signed out here, the rest is reported");
  assert.match(own.promise, /^Settled after .*: partial\./);
  for (const name of /** @type {const} */ (["aws-amplify", "cognito-signout"]))
    assert.deepEqual(await truth(page, cognito, name), {
      stored: [],
      isAlive: true,
    });
  await look(page);
});

test("another fault takes the place of one that is not over", async (t) => {
  const { page, cognito } = await open(t);
  await page.getByRole("button", { name: "A silent server" }).click();
  await page
    .getByText(/^Pending for/)
    .first()
    .waitFor();
  await play(page, "A second tab");
  assert.equal((await side(page, "cognito-signout")).headline, "Signed out");
  assert.match((await side(page, "aws-amplify")).promise, /^Resolved/);
  assert.equal(await page.locator("iframe").count(), 4);
  assert.deepEqual(cognito.control.faults(), []);
});
