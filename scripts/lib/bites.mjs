import {
  copyFile,
  mkdir,
  readdir,
  readFile,
  rm,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { checkWithNode } from "./commands.mjs";
import { inRoot, workDir } from "./paths.mjs";
import { Failure, must, run } from "./run.mjs";

const patchesDir = inRoot("tests/simulation/patches");
const page = inRoot("docs/simulation.md");
const MARKS = ["<!-- bites -->", "<!-- /bites -->"];

/** The copy, and what is built of it: kept between runs, so that only the crate is built again. */
const bitesDir = join(workDir, "bites");
const copy = join(bitesDir, "tree");
const env = {
  CARGO_TARGET_DIR: join(bitesDir, "target"),
  CARGO_TERM_COLOR: "never",
  // The copy is inside of a clone, and `git apply` would look for the files in that one.
  GIT_CEILING_DIRECTORIES: bitesDir,
};

/** How the simulation is built, with the options of the tests behind it. */
const SIMULATION = [
  ...["test", "--profile", "simulation", "--locked"],
  ...["--test", "simulation"],
];
const EXPLORE = ["--", "--exact", "schedules", "--nocapture"];
/** Seeds are tried in ranges that grow. */
const FIRST_RANGE = 100;
const GROWTH = 4;

/**
 * @typedef {object} Patch
 * @property {string} name
 * @property {string} what what it puts back
 */

/**
 * @typedef {object} Finding
 * @property {string} invariant its number
 * @property {string} seed
 * @property {number} schedules how many were played until then
 */

/** @typedef {Patch & Finding} Bite */

/** @typedef {{ seeds: number, seconds: number }} Limits for each patch */

/**
 * The patches, in order: all, or those whose name begins with one of these.
 * @param {string[]} [names]
 * @returns {Promise<Patch[]>}
 */
export async function patches(names = []) {
  const files = await readdir(patchesDir);
  const all = files.filter((file) => file.endsWith(".patch")).sort();
  for (const name of names) {
    if (!all.some((file) => file.startsWith(name)))
      throw new Failure(`There is no patch "${name}"; --list names them.`);
  }
  const wanted = all.filter(
    (file) => names.length === 0 || names.some((name) => file.startsWith(name)),
  );
  return Promise.all(
    wanted.map(async (file) => {
      const text = await readFile(join(patchesDir, file), "utf8");
      // The header begins with what the patch puts back; the first clause is enough for a table.
      const header = text.split(/^diff /m)[0] ?? "";
      const [what = ""] = header
        .trim()
        .replace(/\s+/g, " ")
        .split(/[.:](?: |$)/);
      return { name: file.replace(/\.patch$/, ""), what };
    }),
  );
}

/**
 * What a run of the simulation says: how many schedules it played, and what it found. This is all
 * that is known here of how it prints.
 * @param {string} output
 */
export function readRun(output) {
  const counts = [...output.matchAll(/^.*?\bschedules: (\d+)/gm)];
  const violation = output.match(
    /violation: seed (\d+), invariant (\w+): (.*)/,
  );
  const [, seed, invariant, text] = violation ?? [];
  return {
    schedules: counts.length > 0 ? Number(counts.at(-1)?.[1]) : undefined,
    violation:
      seed !== undefined && invariant !== undefined
        ? { seed, invariant, text: text ?? "" }
        : undefined,
  };
}

/** Copies the tracked files, as they are now. */
async function copyTree() {
  await rm(copy, { recursive: true, force: true });
  const listed = await must("git", ["ls-files", "-z"]);
  for (const file of listed.split("\0").filter(Boolean)) {
    const to = join(copy, file);
    await mkdir(dirname(to), { recursive: true });
    try {
      await copyFile(inRoot(file), to);
    } catch (error) {
      // Deleted, and git was not told yet.
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ENOENT")
        throw error;
    }
  }
}

/**
 * @param {string} name
 * @param {string[]} [flags]
 */
const apply = (name, flags = []) =>
  run("git", ["apply", ...flags, join(patchesDir, `${name}.patch`)], {
    cwd: copy,
    env,
    echo: false,
  });

/** Builds the simulation; throws if it does not compile. */
async function build() {
  const options = { cwd: copy, env, echo: false };
  const { code, output } = await run(
    "cargo",
    [...SIMULATION, "--no-run"],
    options,
  );
  if (code !== 0) {
    console.error(output);
    throw new Failure("does not compile");
  }
}

/**
 * Plays schedules, in ranges of seeds that grow, until one breaks an invariant or a limit is
 * reached.
 * @param {Limits} limits
 * @returns {Promise<Finding | undefined>}
 */
async function explore({ seeds, seconds }) {
  const end = performance.now() + seconds * 1000;
  let schedules = 0;
  let from = 0;
  for (let size = FIRST_RANGE; from < seeds; size *= GROWTH) {
    const left = Math.ceil((end - performance.now()) / 1000);
    if (left <= 0) return undefined;
    const to = Math.min(from + size, seeds);
    const { code, output } = await run("cargo", [...SIMULATION, ...EXPLORE], {
      cwd: copy,
      env: {
        ...env,
        SIMULATE_SEEDS: `${from}..${to}`,
        SIMULATE_SECONDS: String(left),
      },
      echo: false,
    });
    const played = readRun(output);
    schedules += played.schedules ?? to - from;
    if (played.violation) {
      const { seed, invariant, text } = played.violation;
      console.log(`  seed ${seed}, invariant ${invariant}: ${text}`);
      return { invariant, seed, schedules };
    }
    if (code !== 0) {
      console.error(output.split("\n").slice(-40).join("\n"));
      throw new Failure("the simulation failed and named no invariant");
    }
    from = to;
  }
  return undefined;
}

/**
 * Has the simulation find each patch, one at a time.
 * @param {Patch[]} wanted
 * @param {Limits} limits
 * @returns {Promise<{ found: Bite[], failed: string[] }>}
 */
export async function bites(wanted, limits) {
  await copyTree();
  console.log("as it is");
  await build();
  // What is found here would be found with any patch.
  const sound = { ...limits, seeds: Math.min(limits.seeds, 5000) };
  if (await explore(sound))
    throw new Failure("Without a patch, an invariant is broken already.");
  /** @type {Bite[]} */
  const found = [];
  /** @type {string[]} */
  const failed = [];
  for (const [index, patch] of wanted.entries()) {
    const began = performance.now();
    console.log(`${index + 1}/${wanted.length} ${patch.name}`);
    const applied = await apply(patch.name);
    if (applied.code !== 0) {
      console.error(applied.output);
      failed.push(`${patch.name}: does not apply`);
      continue;
    }
    try {
      await build();
      const finding = await explore(limits);
      const took = `${((performance.now() - began) / 1000).toFixed(0)} s`;
      if (finding) {
        found.push({ ...patch, ...finding });
        console.log(`  found in ${finding.schedules} schedules, ${took}`);
      } else {
        failed.push(`${patch.name}: not found`);
        console.error(`  not found, ${took}`);
      }
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      failed.push(`${patch.name}: ${error.message}`);
    }
    const reverted = await apply(patch.name, ["--reverse"]);
    if (reverted.code !== 0) throw new Failure(reverted.output);
  }
  return { found, failed };
}

/**
 * All patches, as a stage of `npm run verify`.
 * @returns {Promise<import("./stages.mjs").Counts>}
 */
export async function allBites() {
  const { found, failed } = await bites(await patches(), {
    seeds: 100_000,
    seconds: 120,
  });
  for (const line of failed) console.error(line);
  return { passed: found.length, failed: failed.length };
}

/**
 * The table, as Markdown.
 * @param {Bite[]} found
 */
export function table(found) {
  const cell = (/** @type {string} */ text) => text.replaceAll("|", "\\|");
  const rows = found.map(
    ({ name, what, invariant, seed, schedules }) =>
      `| \`${name}\` | ${cell(what)} | ${invariant} | ${seed} | ${schedules} |`,
  );
  return [
    "| patch | puts back | found by invariant | seed | schedules |",
    "|---|---|--:|--:|--:|",
    ...rows,
  ].join("\n");
}

/**
 * Puts the table between its two marks in the docs.
 * @param {Bite[]} found
 */
export async function writeTable(found) {
  const text = await readFile(page, "utf8");
  const [begin, end] = MARKS.map((mark) => text.indexOf(mark));
  if (begin === undefined || end === undefined || begin < 0 || end < begin)
    throw new Failure(`docs/simulation.md lacks ${MARKS.join(" ... ")}.`);
  const before = text.slice(0, begin + (MARKS[0] ?? "").length);
  await writeFile(page, `${before}\n\n${table(found)}\n\n${text.slice(end)}`);
  await checkWithNode(
    "prettier/bin/prettier.cjs",
    "--write",
    "--log-level=warn",
    page,
  );
}
