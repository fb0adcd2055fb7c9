import { readRun } from "./bites.mjs";
import { rustTests } from "./commands.mjs";
import { Failure, run } from "./run.mjs";

/** The simulation in its optimised build. The options of the tests follow. */
const SIMULATION = [
  ...["test", "--profile", "simulation", "--locked"],
  ...["--test", "simulation"],
];
const SCHEDULES = ["--", "--exact", "schedules", "--nocapture"];
const REPLAY = ["--", "--ignored", "--exact", "replay", "--nocapture"];

/** @typedef {{ from: number, to: number }} Seeds `to` is not one of them */

/**
 * @param {string} text such as 0..1000
 * @returns {Seeds | undefined}
 */
export function seedsOf(text) {
  const [from = NaN, to = NaN] = /^\d+\.\.\d+$/.test(text)
    ? text.split("..").map(Number)
    : [];
  return Number.isSafeInteger(to) && from < to ? { from, to } : undefined;
}

/**
 * Seeds that no run has played before, more than a run can play.
 * @returns {Seeds}
 */
export function newSeeds() {
  const from = Date.now() * 1000;
  return { from, to: from + 1_000_000_000 };
}

/** @param {Seeds} seeds @param {number} [seconds] */
const environment = ({ from, to }, seconds) => ({
  SIMULATE_SEEDS: `${from}..${to}`,
  ...(seconds === undefined ? {} : { SIMULATE_SECONDS: String(seconds) }),
});

/** Builds it, and shows how far that is. */
async function build() {
  const { code } = await run("cargo", [...SIMULATION, "--no-run"]);
  if (code !== 0) throw new Failure("The simulation does not compile.");
}

/**
 * Plays seeds until one breaks an invariant, or the time is over.
 * @param {Seeds} seeds
 * @param {number} [seconds]
 */
export async function play(seeds, seconds) {
  await build();
  console.log(
    seconds === undefined
      ? `\nSeeds ${seeds.from} to ${seeds.to - 1}`
      : `\nSeeds from ${seeds.from} on, for ${seconds} s`,
  );
  const { code, output } = await run("cargo", [...SIMULATION, ...SCHEDULES], {
    env: environment(seeds, seconds),
    echo: false,
  });
  const { schedules, violation } = readRun(output);
  if (violation) {
    const { seed, invariant, text } = violation;
    throw new Failure(
      `Seed ${seed} breaks invariant ${invariant}: ${text}\n\`npm run simulate -- --seed ${seed}\` tells its story.`,
    );
  }
  if (code !== 0) {
    console.error(output);
    throw new Failure("The simulation failed, and no invariant was broken.");
  }
  console.log(`${schedules} schedules were played; no invariant was broken.`);
}

/**
 * Tells the story of a seed.
 * @param {number} seed
 * @param {string} [picture] the file for its picture
 */
export async function tell(seed, picture) {
  await build();
  const env = {
    SIMULATE_SEED: String(seed),
    ...(picture === undefined ? {} : { SIMULATE_PICTURE: picture }),
  };
  const options = { env, echo: false };
  const { code, stdout, output } = await run(
    "cargo",
    [...SIMULATION, ...REPLAY],
    options,
  );
  // The lines around the story are those of the test runner.
  const [, story] =
    /^(?:test replay \.\.\. )?(Seed \d.*?)^(?:test replay|ok$|FAILED$)/ms.exec(
      stdout,
    ) ?? [];
  const broken = /INVARIANT (\d+) IS BROKEN/.exec(story ?? "")?.[1];
  if (code !== 0 && broken === undefined) {
    console.error(output);
    throw new Failure(`Seed ${seed} could not be played to its end.`);
  }
  console.log(`\n${story?.trimEnd()}`);
  if (picture !== undefined) console.log(`\nIts picture is in ${picture}.`);
  if (broken !== undefined)
    throw new Failure(`Seed ${seed} breaks invariant ${broken}.`);
}

/**
 * All tests of the simulation, with these seeds.
 * @param {Seeds} seeds
 */
export const simulationTests = (seeds) =>
  rustTests("cargo", SIMULATION, environment(seeds));

/**
 * New seeds for so long.
 * @param {number} seconds
 */
export function longSimulation(seconds) {
  const seeds = newSeeds();
  console.log(`Seeds from ${seeds.from} on, for ${seconds} s`);
  return rustTests(
    "cargo",
    [...SIMULATION, ...SCHEDULES],
    environment(seeds, seconds),
  );
}
