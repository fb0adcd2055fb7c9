// What the tests of pages share: Chromium, and a look at a page by axe.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { chromium } from "playwright-core";
import { findBrowser } from "../../../scripts/lib/browsers.mjs";
import { inRoot } from "../../../scripts/lib/paths.mjs";

/** @import { Page } from "playwright-core" */

const axe = await readFile(inRoot("node_modules/axe-core/axe.min.js"), "utf8");

export const launch = () =>
  chromium.launch({
    executablePath: findBrowser("chromium")?.CHROME_BIN ?? "",
    args: [
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      "--disable-gpu",
      "--disable-background-networking",
    ],
  });

/**
 * What axe finds, and whether the page has to be scrolled sideways.
 * @param {Page} page
 */
export async function look(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { violations } = await /** @type {any} */ (window).axe.run();
    return violations.map(
      (/** @type {any} */ { id, nodes }) =>
        `${id}: ${nodes[0].html} ${nodes[0].failureSummary}`,
    );
  });
  assert.deepEqual(found, []);
  assert.equal(
    await page.evaluate(
      () => document.documentElement.scrollWidth - window.innerWidth,
    ),
    0,
    "the page is wider than the window",
  );
}
