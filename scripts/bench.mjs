// npm run bench [-- size|bundlers|speed|speed-quick|cold|scale]: what the package weighs, and where it goes, written to bench/size.json;
// what an app's main chunk grows by, to bench/bundlers.md; how fast it is beside other libraries, to bench/speed.md; how long it takes from
// the import until it is ready, to bench/cold.md; what Cognito's quotas do to a crowd, to docs/scale.md.
import { writeFile } from "node:fs/promises";
import { inRoot } from "./lib/paths.mjs";
import { Failure, main } from "./lib/run.mjs";
import { setup } from "./setup.mjs";

/** @param {import("./lib/stamp.mjs").Sizes} sizes */
async function size(sizes) {
  const { engineWeight } = await import("./lib/weight.mjs");
  const engine = await engineWeight();
  console.log("\nThe engine before its names are stripped, in bytes:");
  for (const [owner, bytes] of Object.entries(engine))
    console.log(`${String(bytes).padStart(9)}  ${owner}`);
  await writeFile(
    inRoot("bench/size.json"),
    `${JSON.stringify({ sizes, engine }, null, 2)}\n`,
  );
}

const NAMES = ["size", "bundlers", "speed", "speed-quick", "cold", "scale"];

await main(async () => {
  const [only, ...more] = process.argv.slice(2);
  if (more.length > 0 || (only !== undefined && !NAMES.includes(only)))
    throw new Failure(`Usage: npm run bench [-- ${NAMES.join("|")}]`);
  const isWanted = (/** @type {string} */ name) =>
    only === name || (only === undefined && name !== "speed-quick");
  const isBuilt = only !== "scale";
  await setup({ browsers: isBuilt && only !== "size" ? ["chromium"] : [] });
  if (isWanted("scale")) {
    const { scale } = await import("../bench/scale.mjs");
    await scale();
  }
  if (!isBuilt) return;
  const { build } = await import("./lib/build.mjs");
  const sizes = await build();
  if (isWanted("size")) await size(sizes);
  if (isWanted("bundlers")) {
    const { bundlers } = await import("../bench/bundlers.mjs");
    await bundlers();
  }
  if (isWanted("cold")) {
    const { cold } = await import("../bench/cold.mjs");
    await cold();
  }
  for (const [name, quick] of /** @type {const} */ ([
    ["speed", false],
    ["speed-quick", true],
  ]))
    if (isWanted(name)) {
      const { speed } = await import("../bench/speed.mjs");
      await speed({ quick });
    }
});
