// A page without a bundler works from a CDN, by the import maps that the package carries. A server on this machine stands for
// the CDN: it has the files of the tarball, and nothing else.
import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { version } from "../../scripts/lib/release.mjs";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { pageWith } from "../apps/lib/consumer.mjs";
import { complaints, walk } from "../apps/lib/journey.mjs";
import { serveFolder } from "../apps/lib/serve.mjs";
import { builtApp } from "../e2e/lib/app.mjs";
import { HANGS_MS, useWorld } from "../e2e/lib/world.mjs";

/** @import { Page } from "playwright-core" */

const CDNS = [
  ["unpkg", `https://unpkg.com/cognito-signout@${version}/`],
  ["jsDelivr", `https://cdn.jsdelivr.net/npm/cognito-signout@${version}/`],
];

describe("from a CDN", { timeout: 4 * HANGS_MS }, () => {
  const world = useWorld({ app: false });
  let folder = "";
  let lines = "";
  /** @type {Awaited<ReturnType<typeof serveFolder>>} */
  let site;
  /** @type {Awaited<ReturnType<typeof serveFolder>>} */
  let cdn;
  before(async () => {
    const { installed } = await builtApp();
    lines = await readFile(join(installed, "dist/cdn.md"), "utf8");
    folder = await mkdtemp(join(tmpdir(), "cognito-signout-cdn-"));
    await cp(inRoot("tests/apps/page"), folder, { recursive: true });
    [site, cdn] = await Promise.all([
      serveFolder(folder),
      serveFolder(installed),
    ]);
  });
  after(async () => {
    await Promise.all([site.close(), cdn.close()]);
    await rm(folder, { recursive: true });
  });

  /** A page with the lines of a CDN as they are. @param {string} name */
  async function page(name) {
    const [, map = ""] =
      new RegExp(`^${name}:\n\n\`\`\`html\n(.*?)^\`\`\``, "ms").exec(lines) ??
      [];
    assert.match(map, /^<script type="importmap">/);
    await pageWith(
      folder,
      `${map}<script type="module" src="./src/index.js"></script>`,
      `${name}.html`,
    );
    return `${site.origin}/${name}.html`;
  }

  /**
   * @param {Page} page
   * @param {string} base the address of the package at the CDN
   * @param {string} [forged] a file that has other bytes than those published
   */
  async function serve(page, base, forged) {
    /** @type {string[]} */
    const asked = [];
    await page.route(`${new URL(base).origin}/**`, async (route) => {
      const url = route.request().url();
      assert.ok(url.startsWith(base), url);
      const path = url.slice(base.length);
      asked.push(path);
      const response = await route.fetch({ url: `${cdn.origin}/${path}` });
      await route.fulfill({
        response,
        headers: { ...response.headers(), "access-control-allow-origin": "*" },
        ...(path === forged && { body: `${await response.text()};` }),
      });
    });
    return asked;
  }

  for (const [name = "", base = ""] of CDNS) {
    test(`${name}: signs in and out`, async (t) => {
      const url = await page(name);
      const jane = await world.visitor(t, { origin: site.origin, path: "" });
      const asked = await serve(jane.page, base);
      const seen = complaints(jane.page);
      await jane.page.goto(url);
      await walk(jane, jane.page);
      assert.deepEqual(seen, []);
      assert.deepEqual(asked, [
        "dist/index.js",
        "dist/cognito-signout-engine.js",
      ]);
    });

    for (const forged of ["dist/index.js", "dist/cognito-signout-engine.js"])
      test(`${name}: ${forged} with other bytes is not run`, async (t) => {
        const url = await page(name);
        const jane = await world.visitor(t, { origin: site.origin, path: "" });
        await serve(jane.page, base, forged);
        const seen = complaints(jane.page);
        await jane.page.goto(url);
        await jane.page.waitForLoadState("networkidle");
        assert.match(seen.join("\n"), /integrity/);
        assert.equal(
          await jane.page
            .locator("output", { hasText: "nobody is signed in" })
            .count(),
          0,
        );
      });
  }

  test("all files that an entry asks for have their hash", async () => {
    for (const file of [
      "index.js",
      "cognito-signout-engine.js",
      "cognito-signout-fallback.js",
    ])
      assert.equal(lines.split(`/dist/${file}": "sha384-`).length - 1, 2, file);
  });
});
