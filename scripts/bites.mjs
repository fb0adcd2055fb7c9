// node scripts/bites.mjs [--list] [--only <patch>[,<patch>...]] [--seeds <n>] [--seconds <n>]
//   [--write]
// Puts known mistakes back, one at a time, into a copy of this tree: the simulation has to find
// each. A patch is named by its file, or by the beginning of that name. `--write` puts the table
// into docs/simulation.md.
import { parseArgs } from "node:util";
import { bites, patches, table, writeTable } from "./lib/bites.mjs";
import { Failure, main } from "./lib/run.mjs";

/** @param {string} name @param {string} text */
function whole(name, text) {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new Failure(`--${name} takes a whole number above 0.`);
  return number;
}

function options() {
  try {
    return parseArgs({
      options: {
        list: { type: "boolean", default: false },
        only: { type: "string", multiple: true, default: [] },
        seeds: { type: "string", default: "100000" },
        seconds: { type: "string", default: "120" },
        write: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new Failure(/** @type {Error} */ (error).message);
  }
}

await main(async () => {
  const { list, only, seeds, seconds, write } = options();
  const wanted = await patches(only.flatMap((names) => names.split(",")));
  if (list) {
    console.log(wanted.map(({ name }) => name).join("\n"));
    return;
  }
  if (write && only.length > 0)
    throw new Failure("--write needs all patches: leave --only out.");
  const limits = {
    seeds: whole("seeds", seeds),
    seconds: whole("seconds", seconds),
  };
  const { found, failed } = await bites(wanted, limits);
  if (found.length > 0) console.log(`\n${table(found)}`);
  if (failed.length > 0)
    throw new Failure(
      `${failed.length} of ${wanted.length} patches failed:\n${failed.join("\n")}`,
    );
  if (write) await writeTable(found);
});
