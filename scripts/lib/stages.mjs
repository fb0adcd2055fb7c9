import { setup } from "../setup.mjs";
import { findBrowser } from "./browsers.mjs";
import { Failure } from "./run.mjs";

/** @typedef {{ passed: number, failed: number }} Counts */

/**
 * @typedef {object} Stage
 * @property {string} name
 * @property {string[]} [after] stages that have to run before it, named or not
 * @property {import("./browsers.mjs").BrowserName[]} [needs] installed if that is possible; without them it is skipped
 * @property {import("./browsers.mjs").BrowserName[]} [uses] not installed for it; without them it is skipped
 * @property {(env: NodeJS.ProcessEnv) => Promise<Counts | void>} run
 *   `env` names the browsers. It throws or counts a failure; with no counts it is one check.
 */

/** @param {number} since a value of `performance.now()` */
const seconds = (since) =>
  `${((performance.now() - since) / 1000).toFixed(1)} s`;

/**
 * The stages that the command line asks for, with those that they need.
 * @param {Stage[]} stages
 * @param {string[]} args
 */
function chosen(stages, args) {
  const names = args.flatMap((arg, i) =>
    args[i - 1] === "--only" ? arg.split(",") : [],
  );
  if (
    args.length !== 0 &&
    args.length !== 2 * args.filter((arg) => arg === "--only").length
  ) {
    throw new Failure("Usage: [--list] [--only <stage>[,<stage>...]]");
  }
  if (names.length === 0) return stages;
  /** @type {Set<Stage>} */
  const wanted = new Set();
  /** @param {string} name */
  const want = (name) => {
    const stage = stages.find((candidate) => candidate.name === name);
    if (!stage)
      throw new Failure(`There is no stage "${name}"; --list names them.`);
    stage.after?.forEach(want);
    wanted.add(stage);
  };
  names.forEach(want);
  return stages.filter((stage) => wanted.has(stage));
}

/**
 * Sets up, runs the stages in order, stops at the first that fails, and prints the totals.
 * @param {Stage[]} stages
 * @param {string[]} args
 */
export async function runStages(stages, args) {
  if (args.includes("--list")) {
    console.log(stages.map(({ name }) => name).join("\n"));
    return;
  }
  const start = performance.now();
  const toRun = chosen(stages, args);
  const needed = [...new Set(toRun.flatMap(({ needs = [] }) => needs))];
  console.log("== set-up");
  await setup({ browsers: needed });
  console.log(`== set-up: ${seconds(start)}`);

  /** @type {string[]} */
  const summary = [];
  const totals = { passed: 0, failed: 0 };
  /** @type {Failure | undefined} */
  let failure;
  for (const [i, { name, needs = [], uses = [], run }] of toRun.entries()) {
    const browsers = [...needs, ...uses];
    const missing = browsers.filter((browser) => !findBrowser(browser));
    if (missing.length > 0) {
      summary.push(
        `skipped  ${name}: no ${missing.join(", ")} with its driver`,
      );
      continue;
    }
    const began = performance.now();
    console.log(`\n== ${i + 1}/${toRun.length} ${name}`);
    const env = Object.assign({}, ...browsers.map(findBrowser));
    /** @type {Counts} */
    let counts;
    try {
      counts = (await run(env)) ?? { passed: 1, failed: 0 };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      console.error(error.message);
      counts = { passed: 0, failed: 1 };
    }
    totals.passed += counts.passed;
    totals.failed += counts.failed;
    const line = `${name}: ${counts.passed} passed, ${counts.failed} failed, ${seconds(began)}`;
    summary.push(`${counts.failed === 0 ? "ok" : "FAILED"}`.padEnd(9) + line);
    if (counts.failed !== 0) {
      failure = new Failure(
        `Stopped at "${name}"; \`--only ${name}\` runs it alone.`,
      );
      break;
    }
  }
  console.log(`\n== summary\n${summary.join("\n")}`);
  console.log(
    `${totals.passed} passed, ${totals.failed} failed in ${seconds(start)}`,
  );
  if (failure) throw failure;
}
