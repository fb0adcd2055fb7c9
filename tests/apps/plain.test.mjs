// No bundler, or no server: the package's own files on a plain static host, and a bundle in a page of file:.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { HANGS_MS, useWorld } from "../e2e/lib/world.mjs";
import { bundle } from "./lib/bundlers.mjs";
import { consumer, importFrom, pageWith } from "./lib/consumer.mjs";
import { complaints, signInAndOut, walk } from "./lib/journey.mjs";
import { serveFolder } from "./lib/serve.mjs";

const FOLDER = "./node_modules/cognito-signout/dist";
const FILE = `${FOLDER}/index.js`;
const CHUNK = `${FOLDER}/cognito-signout-engine.js`;
const world = useWorld({ app: false });

const PAGES = {
  "a module script": `
    <script type="module">
      import * as cognitoSignOut from "${FILE}";
      import { start } from "./src/app.js";
      start(cognitoSignOut);
    </script>`,
  "an import map": `
    <script type="importmap">
      { "imports": { "cognito-signout": "${FILE}" } }
    </script>
    <script type="module" src="./src/index.js"></script>`,
  "a classic script, by a dynamic import": `
    <script>
      Promise.all([import("${FILE}"), import("./src/app.js")]).then(
        ([cognitoSignOut, { start }]) => start(cognitoSignOut),
      );
    </script>`,
};

describe("plain pages", { timeout: 4 * HANGS_MS }, () => {
  let folder = "";
  /** @type {Awaited<ReturnType<typeof serveFolder>>} */
  let site;
  before(async () => {
    folder = await consumer("plain", { templates: ["tests/apps/page"] });
    site = await serveFolder(folder);
  });
  after(() => site.close());

  for (const [i, [name, script]] of Object.entries(PAGES).entries())
    test(name, async (t) => {
      await pageWith(folder, script, `page${i}.html`);
      await signInAndOut(world, t, `${site.origin}/page${i}.html`);
    });

  /** An import map that says which bytes each file has to have. @param {string[]} forged files that have others */
  async function mapWithIntegrity(forged) {
    const integrity = Object.fromEntries(
      await Promise.all(
        [FILE, CHUNK].map(async (file) => {
          const bytes = forged.includes(file)
            ? "forged"
            : await readFile(join(folder, file));
          const hash = createHash("sha384").update(bytes).digest("base64");
          return [file, `sha384-${hash}`];
        }),
      ),
    );
    const map = { imports: { "cognito-signout": FILE }, integrity };
    return `
      <script type="importmap">${JSON.stringify(map)}</script>
      <script type="module" src="./src/index.js"></script>`;
  }

  test("an import map with the integrity of the entry and of the chunk", async (t) => {
    await pageWith(folder, await mapWithIntegrity([]), "integrity.html");
    await signInAndOut(world, t, `${site.origin}/integrity.html`);
  });

  test("a chunk that is not the one of the import map is not run", async (t) => {
    await pageWith(folder, await mapWithIntegrity([CHUNK]), "forged.html");
    const { page } = await world.visitor(t, { origin: site.origin, path: "" });
    const seen = complaints(page);
    await page.goto(`${site.origin}/forged.html`);
    await page
      .locator("output", { hasText: "module could not be loaded" })
      .waitFor();
    assert.match(seen.join("\n"), /integrity/);
  });
});

test(
  "a page of file:, with the entry eager in a bundle",
  { timeout: 4 * HANGS_MS },
  async (t) => {
    const folder = await consumer("file", { templates: ["tests/apps/page"] });
    await importFrom(folder, "cognito-signout/eager", ["src/index.js"]);
    await bundle("esbuild-iife", folder);
    const url = pathToFileURL(join(folder, "index.html"));
    // It has no origin of its own that the hosted UI could send it back to.
    const origin = "http://localhost";
    const jane = await world.visitor(t, { origin, path: "" });
    const seen = complaints(jane.page);
    await jane.page.goto(url.href);
    await walk(jane, jane.page);
    assert.deepEqual(seen, []);
  },
);
