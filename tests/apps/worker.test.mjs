// Workers, bundled: their own storage works, and without one the error says what to do.
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { HANGS_MS, useWorld } from "../e2e/lib/world.mjs";
import { bundle } from "./lib/bundlers.mjs";
import { consumer, importFrom, pageWith, runIn } from "./lib/consumer.mjs";
import { complaints } from "./lib/journey.mjs";
import { serveFolder } from "./lib/serve.mjs";
import { walkWorker } from "./lib/worker-journey.mjs";

const TEMPLATES = ["tests/apps/page", "tests/apps/worker"];
const world = useWorld({ app: false });

/**
 * @param {import("node:test").TestContext} t
 * @param {string} folder the site's
 */
async function visit(t, folder) {
  const { origin, close } = await serveFolder(folder);
  t.after(close);
  const jane = await world.visitor(t, { origin, path: "" });
  const seen = complaints(jane.page);
  await jane.page.goto(`${origin}/`);
  return { jane, page: jane.page, seen };
}

describe("a worker", { timeout: 20 * HANGS_MS }, () => {
  for (const name of /** @type {const} */ (["vite", "webpack", "parcel"]))
    test(name, async (t) => {
      const folder = await consumer(`worker-${name}`, { templates: TEMPLATES });
      const { site } = await bundle(name, folder);
      const { jane, page, seen } = await visit(t, site);
      await walkWorker(jane, page);
      assert.deepEqual(seen, []);
    });
});

describe("a service worker", { timeout: 20 * HANGS_MS }, () => {
  /**
   * An app whose service worker uses this entry.
   * @param {string} name
   * @param {string} entry
   */
  async function app(name, entry) {
    const folder = await consumer(name, {
      templates: [...TEMPLATES, "tests/apps/service-worker"],
    });
    await importFrom(folder, entry, ["src/worker.js"]);
    await runIn(folder, "esbuild/bin/esbuild", [
      ...["src/index.js", "src/worker.js", "--outdir=dist"],
      ...["--bundle", "--splitting", "--format=esm", "--target=es2022"],
    ]);
    await pageWith(
      folder,
      '<script type="module" src="./index.js"></script>',
      "dist/index.html",
    );
    return join(folder, "dist");
  }

  test("with the entry eager", async (t) => {
    const site = await app("service-worker", "cognito-signout/eager");
    const { jane, page, seen } = await visit(t, site);
    await walkWorker(jane, page);
    assert.deepEqual(seen, []);
  });

  test("with the main entry it has no engine, since import() throws there", async (t) => {
    const site = await app("service-worker-main", "cognito-signout");
    const { page } = await visit(t, site);
    await page.locator("output", { hasText: "moduleUnavailable: " }).waitFor();
  });
});
