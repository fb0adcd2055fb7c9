// What an app has to do that leaves all to a worker.
import assert from "node:assert/strict";
import { PASSWORD } from "../../e2e/lib/world.mjs";

/**
 * Signs in and out, and then configures without a storage.
 * @param {import("../../e2e/lib/world.mjs").Visitor} jane
 * @param {import("playwright-core").Page} page
 */
export async function walkWorker(jane, page) {
  const says = (/** @type {string} */ text) =>
    page.locator("output", { hasText: text }).waitFor();
  await says("nobody is signed in");
  await page.fill("[name=username]", jane.username);
  await page.fill("[name=password]", PASSWORD);
  await page.click("form button");
  await says(`signed in as ${jane.username}, stored`);
  assert.deepEqual(jane.calls, ["InitiateAuth"]);
  jane.clearCalls();
  await page.click("#sign-out");
  await says("signed out: complete, 0 tokens left");
  assert.deepEqual(jane.calls, ["GlobalSignOut", "RevokeToken"]);
  assert.deepEqual(
    jane.control
      .sessions({ clientId: jane.clientId })
      .map(({ revoked }) => revoked !== false),
    [true],
  );

  await page.click("#without");
  await says("configuration: ");
  assert.match(
    (await page.locator("output").textContent()) ?? "",
    /storage.*worker.*"memory"/,
  );
}
