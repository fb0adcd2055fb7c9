// npm run bench [-- size|speed|speed-quick|scale]: what the package weighs, and where it goes, written to bench/size.json; how fast it is
// beside other libraries, written to bench/speed.md; what Cognito's quotas do to a crowd, written to docs/scale.md.
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

await main(async () => {
  const [only, ...more] = process.argv.slice(2);
  if (
    more.length > 0 ||
    !["size", "speed", "speed-quick", "scale", undefined].includes(only)
  )
    throw new Failure("Usage: npm run bench [-- size|speed|speed-quick|scale]");
  const all = only === undefined;
  const timed = all || only === "speed" || only === "speed-quick";
  await setup({ browsers: timed ? ["chromium"] : [] });
  if (all || only === "scale") {
    const { scale } = await import("../bench/scale.mjs");
    await scale();
  }
  if (only === "scale") return;
  const { build } = await import("./lib/build.mjs");
  const sizes = await build();
  if (all || only === "size") await size(sizes);
  if (timed) {
    const { speed } = await import("../bench/speed.mjs");
    await speed({ quick: only === "speed-quick" });
  }
});
