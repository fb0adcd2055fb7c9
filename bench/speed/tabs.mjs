// One tab signs out while others of the same app are open.
import { median } from "../lib/stats.mjs";
import { LIBRARIES, OURS } from "./stage.mjs";

/** @import { Stage } from "./stage.mjs" */

export const TABS = [1, 2, 5, 10, 20];

/**
 * @typedef {object} Tabs medians in milliseconds after the call
 * @property {number} open
 * @property {number[]} settled of each library, ours last
 * @property {number} told when the last tab's listener was told; only ours tells
 */

/**
 * @param {Stage} stage
 * @param {number} open how many tabs
 * @param {number} times
 * @returns {Promise<Tabs>}
 */
export async function tabs(stage, open, times) {
  const settled = [];
  /** @type {number[]} */
  const told = [];
  for (const library of LIBRARIES) {
    const context = await stage.browser.newContext();
    const settings = stage.settings();
    const all = [];
    for (let i = 0; i < open; i++)
      all.push(await stage.open(context, library, settings));
    const [first, ...others] = all;
    await first?.run("signOut", {});
    const runs = [];
    for (let time = 0; time < times; time++) {
      const session = stage.session(settings.clientId);
      await first?.page.evaluate(
        (session) => /** @type {any} */ (globalThis).bench.store(session),
        session,
      );
      for (const { page } of others)
        await page.evaluate(async (sees) => {
          const { look } = /** @type {any} */ (globalThis).bench;
          // Chromium shows one process what another stored only a moment later.
          while (!(await look()) && sees)
            await new Promise((resolve) => setTimeout(resolve, 10));
        }, library === OURS);
      const run = await first?.run("signOut", { session, isStored: true });
      runs.push(run.settled);
      if (library !== OURS) continue;
      let last = 0;
      for (const { page } of others) {
        const at = await page.waitForFunction((since) => {
          const { toldAt } = /** @type {any} */ (globalThis).bench;
          return toldAt >= since && toldAt;
        }, run.calledAt);
        last = Math.max(last, (await at.jsonValue()) - run.calledAt);
      }
      told.push(last);
    }
    settled.push(median(runs));
    await context.close();
  }
  console.log(`measured: ${open} tabs`);
  return { open, settled, told: median(told) };
}
