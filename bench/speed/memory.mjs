// What is left in memory after thousands of cycles of store and sign out.
import { OURS } from "./stage.mjs";

/** @import { Stage } from "./stage.mjs" */

/** How long a sign-out is kept after its end: its last read-back comes two seconds later. */
const KEPT_MS = 3000;

/** @typedef {{ cycles: number, script: number, page: number, engine: number }} Memory in bytes */

/**
 * @param {Stage} stage
 * @param {number[]} stops after how many cycles to look
 * @returns {Promise<Memory[]>}
 */
export async function memory(stage, stops) {
  const context = await stage.browser.newContext();
  const settings = stage.settings();
  const { page } = await stage.open(context, OURS, settings);
  const devtools = await context.newCDPSession(page);
  /** @type {Memory[]} */
  const seen = [];
  let cycles = 0;
  for (const stop of stops) {
    while (cycles < stop) {
      const next = Math.min(stop, cycles + 100);
      await page.evaluate(
        ([from, to, clientId]) =>
          /** @type {any} */ (globalThis).cycle(from, to, clientId),
        /** @type {const} */ ([cycles, next, settings.clientId]),
      );
      cycles = next;
    }
    await page.waitForTimeout(KEPT_MS);
    await devtools.send("HeapProfiler.collectGarbage");
    const usage = await devtools.send("Runtime.getHeapUsage");
    const { usedSize, embedderHeapUsedSize, backingStorageSize } =
      /** @type {Record<string, number>} */ (usage);
    seen.push({
      cycles,
      script: usedSize ?? NaN,
      page: embedderHeapUsedSize ?? NaN,
      engine: backingStorageSize ?? NaN,
    });
    console.log(`measured: memory after ${cycles} cycles`);
  }
  await context.close();
  return seen;
}
