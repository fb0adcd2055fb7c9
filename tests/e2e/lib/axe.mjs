// What axe finds in a page.
import { readFile } from "node:fs/promises";
import { inRoot } from "../../../scripts/lib/paths.mjs";

/**
 * @param {import("playwright-core").Page} page
 * @returns {Promise<string[]>} each violation, with the first element that it was found in
 */
export async function violations(page) {
  await page.evaluate(
    await readFile(inRoot("node_modules/axe-core/axe.min.js"), "utf8"),
  );
  return page.evaluate(async () => {
    const { violations } = await /** @type {any} */ (window).axe.run();
    return violations.map(
      (/** @type {any} */ { id, nodes }) =>
        `${id}: ${nodes[0].html} ${nodes[0].failureSummary}`,
    );
  });
}
