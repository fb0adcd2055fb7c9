// Pictures of the examples, for people to look at.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { workDir } from "../../../scripts/lib/paths.mjs";

const folder = join(workDir, "screenshots");

/**
 * @param {import("playwright-core").Page} page
 * @param {string} name
 */
export async function screenshot(page, name) {
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
