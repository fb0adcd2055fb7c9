// The first sign-out of a page that has just loaded the library: nothing is in any cache.
import { BOUND_MS, LIBRARIES } from "./stage.mjs";

/** @import { Run } from "./page.mjs" */
/** @import { Stage } from "./stage.mjs" */

/** @typedef {{ ready: number, first: Run }} Cold milliseconds from the import until it is configured; then the sign-out */

/**
 * @param {Stage} stage
 * @param {number} times
 */
export async function cold(stage, times) {
  /** @type {Map<string, Cold[]>} */
  const all = new Map(LIBRARIES.map((library) => [library, []]));
  for (let time = 0; time < times; time++) {
    for (const library of LIBRARIES) {
      const context = await stage.browser.newContext();
      const page = await context.newPage();
      await page.goto(`${stage.origin}/empty`);
      const settings = stage.settings();
      const session = stage.session(settings.clientId);
      all.get(library)?.push(
        await page.evaluate(
          async ([path, settings, how]) => {
            const start = performance.now();
            await import(path);
            const { bench } = /** @type {any} */ (globalThis);
            await bench.configure(settings);
            const ready = performance.now() - start;
            return { ready, first: await bench.signOut(how) };
          },
          /** @type {const} */ ([
            `/${library}.js`,
            settings,
            { session, global: false, bound: BOUND_MS },
          ]),
        ),
      );
      await context.close();
    }
  }
  console.log("measured: cold");
  return all;
}
