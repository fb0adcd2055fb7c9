import { basename } from "node:path";
import { filesBelow } from "./fingerprint.mjs";
import { inRoot } from "./paths.mjs";
import { Failure, run } from "./run.mjs";

/**
 * Runs a check that has nothing to count.
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
export async function check(program, args, env = {}) {
  const { code } = await run(program, args, { env });
  if (code !== 0)
    throw new Failure(`\`${[basename(program), ...args].join(" ")}\` failed.`);
}

/**
 * Runs the main program of an npm package.
 * @param {string} script its path below node_modules
 * @param {...string} args
 */
export const checkWithNode = (script, ...args) =>
  check(process.execPath, [inRoot("node_modules", script), ...args]);

/**
 * Runs a test program and adds up the totals that it prints.
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @param {{ passed: RegExp, failed: RegExp }} totals each with one group
 * @returns {Promise<import("./stages.mjs").Counts>}
 */
async function count(program, args, env, totals) {
  const { code, output } = await run(program, args, { env });
  /** @param {RegExp} pattern */
  const sum = (pattern) =>
    [...output.matchAll(pattern)].reduce(
      (total, match) => total + Number(match[1]),
      0,
    );
  const passed = sum(totals.passed);
  const failed = sum(totals.failed);
  if (code !== 0 && failed === 0)
    throw new Failure(`${basename(program)} failed (exit code ${code}).`);
  if (passed + failed === 0)
    throw new Failure(`${basename(program)} ran no test.`);
  return { passed, failed };
}

/**
 * Runs Rust tests, native ones or in a browser.
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
export const rustTests = (program, args, env = {}) =>
  count(program, args, env, {
    passed: /^test result: .* (\d+) passed;/gm,
    failed: /^test result: .* (\d+) failed;/gm,
  });

/**
 * Runs the files `*.test.js` and `*.test.mjs` below some folders with Node's own runner.
 * @param {string[]} folders
 * @param {NodeJS.ProcessEnv} [env]
 */
export async function nodeTests(folders, env = {}) {
  const files = (
    await Promise.all(folders.map((folder) => filesBelow(inRoot(folder))))
  )
    .flat()
    .filter((file) => /\.test\.m?js$/.test(file));
  if (files.length === 0)
    throw new Failure(`There is no test in ${folders.join(", ")}.`);
  return count(
    process.execPath,
    ["--test", "--test-concurrency=2", "--test-reporter=spec", ...files],
    { FORCE_COLOR: "0", ...env },
    { passed: /^ℹ pass (\d+)$/gm, failed: /^ℹ (?:fail|cancelled) (\d+)$/gm },
  );
}
