// A warm sign-out under several networks, and with many keys of others in the storage.
import { canDoGlobal, LIBRARIES, OURS } from "./stage.mjs";

/** @import { Fault } from "cognito-signout-dev" */
/** @import { Run } from "./page.mjs" */
/** @import { Stage } from "./stage.mjs" */

/**
 * @typedef {object} Case
 * @property {string} name
 * @property {Fault} [fault]
 * @property {number} [foreign] keys of others in localStorage
 * @property {boolean} global
 * @property {number} times
 */

/** @type {Omit<Case, "global">[]} */
const NETWORKS = [
  { name: "no added latency", times: 40 },
  {
    name: "100 ms per request",
    fault: { operation: "*", latencyMs: 100 },
    times: 20,
  },
  {
    name: "the server never answers",
    fault: { operation: "*", silence: true },
    times: 1,
  },
  {
    name: "the connection drops",
    fault: { operation: "*", drop: true },
    times: 5,
  },
];

/** @type {Case[]} */
export const CASES = [
  ...NETWORKS.flatMap((network) =>
    [false, true].map((global) => ({
      ...network,
      name: `${global ? "global" : "local"}, ${network.name}`,
      global,
    })),
  ),
  ...[10, 1000, 4000].map((foreign) => ({
    name: `local, ${foreign.toLocaleString("en-GB")} keys of others`,
    foreign,
    global: false,
    times: 20,
  })),
];

/**
 * @typedef {object} Measured
 * @property {Case} what
 * @property {Map<string, string>} asks what each library sends
 * @property {Map<string, Run[]>} runs
 * @property {Map<boolean, number[]>} bare the bare requests, with keepalive or without
 */

/**
 * Runs the libraries in turns, so that what else the machine does hits all alike.
 * @param {Stage} stage
 * @param {Case} what
 * @returns {Promise<Measured>}
 */
export async function warm(stage, what) {
  const { browser, control } = stage;
  const { global, fault, foreign, times } = what;
  const contexts = [];
  const pages = [];
  /** @type {Map<string, string>} */
  const asks = new Map();
  const libraries = LIBRARIES.filter((name) => !global || canDoGlobal(name));
  for (const library of libraries) {
    const context = await browser.newContext();
    contexts.push(context);
    const settings = stage.settings();
    const { page, run } = await stage.open(context, library, settings);
    if (foreign !== undefined)
      await page.evaluate(
        (count) => /** @type {any} */ (globalThis).bench.fill(count),
        foreign,
      );
    pages.push({ library, run });
    // The engine is warm, and so is the preflight of who lets the browser keep it.
    await run("signOut", { global });
    const sent = control
      .requests({ clientId: settings.clientId })
      .filter(({ preflight }) => !preflight);
    asks.set(library, sent.map(({ operation }) => operation).join(", "));
    await run("fetches", { global, keepalive: true });
  }
  if (fault) control.addFault(fault);
  /** @type {Measured} */
  const measured = {
    what,
    asks,
    runs: new Map(libraries.map((library) => [library, []])),
    bare: new Map([
      [false, []],
      [true, []],
    ]),
  };
  const bare = !foreign && (!fault || fault.latencyMs !== undefined);
  for (let time = 0; time < times; time++) {
    for (const { library, run } of pages) {
      measured.runs.get(library)?.push(await run("signOut", { global }));
      if (library === OURS && bare)
        for (const keepalive of time % 2 ? [false, true] : [true, false])
          measured.bare
            .get(keepalive)
            ?.push(await run("fetches", { global, keepalive }));
    }
  }
  control.clearFaults();
  for (const context of contexts) await context.close();
  console.log(`measured: ${what.name}`);
  return measured;
}
