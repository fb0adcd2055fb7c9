// The examples as people meet them: axe finds nothing, and there is a picture to look at.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { workDir } from "../../../scripts/lib/paths.mjs";
import { violations } from "../../e2e/lib/axe.mjs";

const folder = join(workDir, "screenshots");

/**
 * @param {import("playwright-core").Page} page
 * @param {string} name
 */
export async function screenshot(page, name) {
  assert.deepEqual(await violations(page), []);
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
