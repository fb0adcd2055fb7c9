// What axe finds in a page, and in the frames of it.
import { readFile } from "node:fs/promises";
import { inRoot } from "../../../scripts/lib/paths.mjs";

const axe = await readFile(inRoot("node_modules/axe-core/axe.min.js"), "utf8");

/**
 * @param {import("playwright-core").Page} page
 * @returns {Promise<string[]>} each violation, with the first element that it was found in
 */
export async function violations(page) {
  for (const frame of page.frames()) await frame.evaluate(axe);
  return page.evaluate(async () => {
    const { violations } = await /** @type {any} */ (window).axe.run();
    return violations.map(
      (/** @type {any} */ { id, nodes }) =>
        `${id}: ${nodes[0].html} ${nodes[0].failureSummary}`,
    );
  });
}
