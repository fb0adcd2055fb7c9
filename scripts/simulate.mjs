// npm run simulate -- --seed <n> [--picture <file.svg>]: tells what happens in one schedule of the
//   simulation, and draws it. One that breaks an invariant is made small first.
// npm run simulate -- --seeds <from>..<to>: plays these seeds until one breaks an invariant.
// npm run simulate -- --seconds <n>: plays new seeds for so long.
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { Failure, main } from "./lib/run.mjs";
import { newSeeds, play, seedsOf, tell } from "./lib/simulation.mjs";
import { setup } from "./setup.mjs";

const USAGE =
  "Usage: npm run simulate -- --seed <n> [--picture <file.svg>] | --seeds <from>..<to> | --seconds <n>";

function given() {
  try {
    return parseArgs({
      options: {
        seed: { type: "string" },
        picture: { type: "string" },
        seeds: { type: "string" },
        seconds: { type: "string" },
      },
    }).values;
  } catch (error) {
    // The sentences after the first one are of positional arguments.
    const [first] = /** @type {Error} */ (error).message.split(". ");
    throw new Failure(`${first}.\n${USAGE}`);
  }
}

/** @param {string} name @param {string} text @param {number} least */
function whole(name, text, least) {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number) || number < least)
    throw new Failure(
      `--${name} takes a whole number of at least ${least}, not "${text}".`,
    );
  return number;
}

/** What is to be done, once the arguments are known to be good. */
function task() {
  const { seed, picture, seeds, seconds } = given();
  const ways = [seed, seeds, seconds].filter((text) => text !== undefined);
  if (ways.length !== 1)
    throw new Failure(
      `Exactly one of --seed, --seeds and --seconds is needed.\n${USAGE}`,
    );
  if (picture !== undefined && seed === undefined)
    throw new Failure("--picture draws one seed; name it by --seed.");
  if (picture !== undefined && !picture.endsWith(".svg"))
    throw new Failure(
      `--picture takes the name of an SVG file, such as seed.svg, not "${picture}".`,
    );
  if (seed !== undefined) {
    const number = whole("seed", seed, 0);
    return () =>
      tell(number, picture && resolve(process.env.INIT_CWD ?? ".", picture));
  }
  if (seconds !== undefined) {
    const time = whole("seconds", seconds, 1);
    return () => play(newSeeds(), time);
  }
  const range = seedsOf(seeds ?? "");
  if (!range)
    throw new Failure(
      `--seeds takes a range such as 0..1000, without its end, not "${seeds}".`,
    );
  return () => play(range);
}

await main(async () => {
  const run = task();
  await setup({ compilerOnly: true });
  await run();
});
