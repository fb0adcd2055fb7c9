// A web worker, bundled: its own storage works, and without one the error says what to do.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { HANGS_MS, PASSWORD, useWorld } from "../e2e/lib/world.mjs";
import { bundle } from "./lib/bundlers.mjs";
import { consumer } from "./lib/consumer.mjs";
import { complaints } from "./lib/journey.mjs";
import { serveFolder } from "./lib/serve.mjs";

const TEMPLATES = ["tests/apps/page", "tests/apps/worker"];
const world = useWorld({ app: false });

describe("a worker", { timeout: 20 * HANGS_MS }, () => {
  for (const name of /** @type {const} */ (["vite", "webpack", "parcel"]))
    test(name, async (t) => {
      const folder = await consumer(`worker-${name}`, { templates: TEMPLATES });
      const site = await serveFolder(await bundle(name, folder));
      t.after(site.close);
      const jane = await world.visitor(t, { origin: site.origin, path: "" });
      const { page } = jane;
      const seen = complaints(page);
      const says = (/** @type {string} */ text) =>
        page.locator("output", { hasText: text }).waitFor();
      await page.goto(site.origin);
      await says("nobody is signed in");
      await page.fill("[name=username]", jane.username);
      await page.fill("[name=password]", PASSWORD);
      await page.click("form button");
      await says(`signed in as ${jane.username}, stored`);
      const [signedIn] = jane.calls;
      assert.equal(signedIn, "InitiateAuth");
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
      assert.deepEqual(seen, []);
    });
});
